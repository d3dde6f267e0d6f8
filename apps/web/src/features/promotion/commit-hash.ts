/** Whether a text can be the beginning of a commit's hash, as people copy it: seven digits or more. */
export function isCommitHash(text: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(text.trim());
}
