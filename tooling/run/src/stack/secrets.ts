import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { StartRefused } from './start-refused.ts';

/** What signs sessions, seals the credentials of clusters, and signs the ends of the audit record. */
export interface Secrets {
  secret: string;
  encryptionKey: string;
  /** The key before, while the key is changed. */
  previousEncryptionKey?: string;
  /** Null: the record is chained, and its ends are not signed. */
  auditKey: string | null;
}

// A file of a demo that was made before there was an audit key has none.
const stored = z.strictObject({
  secret: z.string().min(32),
  encryptionKey: z.string().min(43),
  auditKey: z.string().min(43).default(random),
});
const knownSecrets = new Set(['secret', 'changeme', 'password', 'flow', 'demo', 'development', 'test', 'nextauthsecret']);

/** The demo's secrets: made at random once and kept in a file that only its owner reads. */
export async function demoSecrets(path: string): Promise<Secrets> {
  const text = await readFile(path, 'utf8').catch(() => null);
  const read = stored.safeParse(text === null ? { secret: random(), encryptionKey: random() } : JSON.parse(text));
  if (!read.success) throw new StartRefused(`The secrets in ${path} cannot be read. Start with --reset to make the demo anew.`);
  const kept = JSON.stringify(read.data);
  if (kept !== text) await writeFile(path, kept, { mode: 0o600 });
  return read.data;
}

function random(): string {
  return randomBytes(32).toString('base64');
}

/** The secrets of a real installation, from the environment. Missing, short and known ones are refused. */
export function installationSecrets(environment: NodeJS.ProcessEnv): Secrets {
  const secret = environment['FLOW_SECRET'] ?? '';
  const encryptionKey = environment['FLOW_ENCRYPTION_KEY'] ?? '';
  const previousEncryptionKey = environment['FLOW_ENCRYPTION_KEY_PREVIOUS'];
  const auditKey = environment['FLOW_AUDIT_KEY'] ?? null;
  const faults = [
    ...faultsOf('FLOW_SECRET', secret),
    ...faultsOf('FLOW_ENCRYPTION_KEY', encryptionKey),
    ...(auditKey === null ? [] : faultsOf('FLOW_AUDIT_KEY', auditKey)),
  ];
  if (faults.length > 0)
    throw new StartRefused(
      `Without the demo, Flow starts only with secrets of your own:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  return { secret, encryptionKey, auditKey, ...(previousEncryptionKey === undefined ? {} : { previousEncryptionKey }) };
}

function faultsOf(name: string, value: string): string[] {
  if (value === '') return [`${name} is missing: set it to the output of: openssl rand -base64 32`];
  if (value.length < 32)
    return [`${name} has ${value.length} characters: use at least 32 random ones, for example the output of: openssl rand -base64 32`];
  const isKnown = knownSecrets.has(value.toLowerCase().replaceAll(/[^a-z]/g, '')) || new Set(value).size < 8;
  return isKnown ? [`${name} can be guessed: use random characters, for example the output of: openssl rand -base64 32`] : [];
}
