import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A person's clone of the demo repository. */
export interface Clone {
  folder: string;
  /** Changes one file, commits and pushes; gives what git printed, the answer of the hook among it. */
  push(file: string, change: (text: string) => string, message: string): Promise<string>;
}

/** Clones the demo repository with the git command. */
export async function clone(): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-clone-'));
  await run('git', ['clone', '--quiet', process.env['FLOW_REPOSITORY'] ?? '', folder]);
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=Dora Developer', '-c', 'user.email=dora@flow.demo', ...args]);
  return {
    folder,
    async push(file, change, message) {
      const path = join(folder, file);
      const before = await readFile(path, 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`the change left ${file} as it was: the journey names text that the file does not contain`);
      await writeFile(path, after);
      await git('commit', '--quiet', '--all', '--message', message);
      const { stdout, stderr } = await git('push', 'origin', 'HEAD:main');
      return `${stdout}${stderr}`;
    },
  };
}
