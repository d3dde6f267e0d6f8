/** How a command ends, for scripts: a pipeline can tell "not now" from "it could not be asked". */
export const exit = {
  /** Yes, or done. */
  ok: 0,
  /** An answer, and it is no or not yet. */
  notNow: 1,
  /** The command was not understood, or names something that is not there. */
  usage: 2,
  /** Flow did not answer, or refused. */
  failed: 3,
} as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** What was asked for cannot be done as it was asked: told to the caller, and nothing was changed. */
export class UsageError extends Error {}
