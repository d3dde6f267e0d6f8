import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A start that cannot go on; the message says what to do. */
class SandboxStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SandboxStartError';
  }
}

/**
 * Marks the folder as this process's own, since two processes that write one journal would lose each other's writes.
 * A mark whose process is gone, as after a SIGKILL, is taken over. The returned function takes the mark away.
 */
export function lockStateFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'process.pid');
  const owner = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  if (owner !== process.pid && isRunningNode(owner)) {
    throw new SandboxStartError(
      `the folder ${folder} is in use by process ${owner}: end that sandbox first, or give this one another --state-dir`,
    );
  }
  writeFileSync(path, String(process.pid), { mode: 0o600 });
  return () => {
    rmSync(path, { force: true });
  };
}

/** A number may have been given to another program since: where the system tells, only a Node process counts. */
function isRunningNode(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('node');
}
