/** A file that breaks one rule on purpose. */
export interface Planted {
  /** As it is written in .oxlintrc.json. */
  readonly rule: string;
  /** Where it is put, from the root of the workspace. */
  readonly file: string;
  readonly text: string;
}
