import { fileURLToPath } from 'node:url';

/** A process that Flow consists of. */
export interface Program {
  /** Shown before each of its lines. */
  name: string;
  /** Script and arguments for this Node. */
  args: readonly string[];
  /** A command that runs it in its place, such as one that changes the user; absent for most. */
  wrapper?: readonly string[];
  cwd: string;
  /** All that it gets: nothing else of this process's environment reaches it. */
  env: Readonly<Record<string, string>>;
  /** Starts again when a file below these folders changes. */
  watchedFolders?: readonly string[];
  /** Asked after its ready line: resolves when it really answers. */
  confirmReady?: (signal: AbortSignal) => Promise<void>;
}

/** A line that a program printed. */
export interface ProgramLine {
  program: string;
  text: string;
}

/** What a program said when it was ready. */
export type ReadyFacts = Readonly<Record<string, unknown>>;

const guard = fileURLToPath(new URL('guard.ts', import.meta.url));

/** The command of a program that ends with its supervisor. */
export function commandOf({ args, wrapper = [] }: Pick<Program, 'args' | 'wrapper'>): { file: string; args: string[] } {
  const [file = process.execPath, ...rest] = [...wrapper, process.execPath, '--import', guard, ...args];
  return { file, args: rest };
}
