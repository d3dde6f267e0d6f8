import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartRefused } from './start-refused.ts';

const run = promisify(execFile);
/** The user nobody: PostgreSQL refuses the number of root, and wants one that has a name. */
const shownId = 65_534;
const wrapper = ['unshare', '--user', `--map-user=${shownId}`, `--map-group=${shownId}`] as const;

/**
 * What to put before the command that runs PostgreSQL, which refuses root. Mostly nothing: as root, the server runs as the user `postgres`. Where that user
 * cannot enter the folders (a clone below /root, or in a private temporary folder), it runs in a user namespace in which root has another number.
 * Data that is there is opened by the user who made it.
 */
export async function postgresWrapper(
  places: { program: string; data: string },
  uid: number | undefined = process.getuid?.(),
): Promise<readonly string[]> {
  if (uid !== 0) return [];
  const owner = (await stat(places.data).catch(() => null))?.uid;
  if (owner !== undefined && owner !== 0) return [];
  const closed = (await firstClosedFolder(places.program)) ?? (await firstClosedFolder(dirname(places.data)));
  if (closed === null && owner === undefined) return [];
  if (await canShowAnotherUser()) return wrapper;
  throw new StartRefused(
    `PostgreSQL refuses to run as root, and the user postgres cannot enter ${closed ?? places.data}. Put Flow and its state where every user may enter (for example below /opt or /srv), start it as an ordinary user, or set DATABASE_URL to another server.`,
  );
}

/** Whether this machine lets root run a command in a user namespace of its own. */
export function canShowAnotherUser(): Promise<boolean> {
  const [program, ...args] = wrapper;
  return run(program, [...args, 'true']).then(
    () => true,
    () => false,
  );
}

/** The first folder on the way to the given one that other users cannot enter; one that does not exist yet is as open as the one above it. */
async function firstClosedFolder(folder: string): Promise<string | null> {
  const above = dirname(folder);
  const closed = above === folder ? null : await firstClosedFolder(above);
  if (closed !== null) return closed;
  const found = await stat(folder).catch(() => null);
  return found !== null && (found.mode & 0o001) === 0 ? folder : null;
}
