import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkpointSigner, checkpointVerifier } from '@flow/operations/audit';
import type { CheckpointVerifier } from '@flow/operations/audit';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Why nothing could be looked at; its message is for the terminal. */
export class NotLookedAt extends Error {}

/** The database that was named, or the embedded one of a start that runs. */
export async function databaseUrl(environment: Environment): Promise<string> {
  const given = environment['DATABASE_URL'] ?? '';
  if (given !== '') return given;
  const folder = stateFolder(environment);
  const [pid, password] = await Promise.all([read(join(folder, 'postgres', 'postmaster.pid')), read(join(folder, 'postgres-password'))]);
  // The fourth line of the file of a running server is its port.
  const port = pid?.split('\n')[3]?.trim() ?? '';
  if (port === '' || password === null)
    throw new NotLookedAt(`There is no DATABASE_URL, and no database runs in ${folder}: set it, or start Flow first`);
  return `postgresql://flow:${encodeURIComponent(password)}@127.0.0.1:${port}/flow`;
}

const secrets = z.object({ auditKey: z.string().optional() });

/** The key by which signed ends are told from others; null when none is known. */
export async function verifierOf(environment: Environment, publicKey: string | undefined): Promise<CheckpointVerifier | null> {
  if (publicKey !== undefined) return checkpointVerifier(publicKey);
  const given = environment['FLOW_AUDIT_KEY'] ?? '';
  if (given !== '') return checkpointSigner(given).verifier;
  const demo = secrets.safeParse(JSON.parse((await read(join(stateFolder(environment), 'secrets.json'))) ?? 'null')).data?.auditKey;
  return demo === undefined ? null : checkpointSigner(demo).verifier;
}

function stateFolder(environment: Environment): string {
  return environment['FLOW_STATE_DIR'] ?? join(repository, '.flow');
}

function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
