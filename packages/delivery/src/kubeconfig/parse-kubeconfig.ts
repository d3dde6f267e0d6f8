import { createPrivateKey } from 'node:crypto';
import type { FieldFault } from '@flow/core/fault';
import { isObject, listAt, objectAt, textAt, type JsonObject } from '../json/index.ts';
import { parseUntrustedYaml } from '../yaml/index.ts';
import { isCertificate } from './certificate.ts';
import { clusterConnection, serverFault, type ClusterConnection } from './connection.ts';

export type ParsedKubeconfig = { ok: true; connection: ClusterConnection } | { ok: false; faults: readonly FieldFault[] };

/** Why a field of a cluster entry is refused: it makes the machine of Flow run, read or reach something of the writer's choice. */
const refusedInCluster: Readonly<Record<string, string>> = {
  'certificate-authority':
    'a path to a file is refused: put the content into certificate-authority-data (kubectl config view --flatten does it)',
  'insecure-skip-tls-verify': 'a connection that anyone can listen to is refused: give certificate-authority-data',
  'proxy-url': 'a proxy is refused: Flow connects to the cluster directly',
  'tls-server-name': 'another name in the certificate is refused: use an address that the certificate is made for',
};

const refusedInUser: Readonly<Record<string, string>> = {
  exec: 'a command that gives the credential is refused: use the token of a service account',
  'auth-provider': 'an auth provider is refused: use the token of a service account',
  'client-certificate': 'a path to a file is refused: put the content into client-certificate-data (kubectl config view --flatten does it)',
  'client-key': 'a path to a file is refused: put the content into client-key-data (kubectl config view --flatten does it)',
  tokenFile: 'a path to a file is refused: put the token itself into token',
  'token-file': 'a path to a file is refused: put the token itself into token',
  username: 'user name and password are refused: use the token of a service account',
  password: 'user name and password are refused: use the token of a service account',
  as: 'impersonation is refused: use an account that has the rights itself',
  'as-uid': 'impersonation is refused: use an account that has the rights itself',
  'as-groups': 'impersonation is refused: use an account that has the rights itself',
  'as-user-extra': 'impersonation is refused: use an account that has the rights itself',
};

const takenFromCluster = new Set(['server', 'certificate-authority-data', 'disable-compression', 'extensions']);
const takenFromUser = new Set(['token', 'client-certificate-data', 'client-key-data', 'extensions']);

/**
 * Reads a kubeconfig and keeps address, authority and credential only: everything that would run or read something is refused by name with
 * its path. With several contexts `context` decides, else `current-context`; what other contexts hold is dropped unread.
 */
export function parseKubeconfig(text: string, context?: string): ParsedKubeconfig {
  const parsed = parseUntrustedYaml(text);
  if (!parsed.ok) return parsed;
  const [root] = parsed.documents;
  if (parsed.documents.length !== 1 || !isObject(root))
    return refuse('', 'A kubeconfig is one YAML document with clusters, users and contexts');
  const chosen = chooseEntries(root, context);
  if (!chosen.ok) return chosen;
  const { cluster, user } = chosen;
  const faults = [
    ...refusedFields(cluster, { refused: refusedInCluster, taken: takenFromCluster }),
    ...refusedFields(user, { refused: refusedInUser, taken: takenFromUser }),
  ];
  return faults.length > 0 ? { ok: false, faults } : rebuild(cluster, user);
}

/** The names of the contexts of a kubeconfig, in their order; none when it cannot be read. */
export function contextNames(text: string): string[] {
  const parsed = parseUntrustedYaml(text);
  const [root] = parsed.ok ? parsed.documents : [];
  return namesIn(root);
}

function namesIn(root: unknown): string[] {
  return listAt(root, 'contexts').map((entry) => textAt(entry, 'name'));
}

interface Entry {
  path: string;
  fields: JsonObject;
}
type Chosen = { ok: true; cluster: Entry; user: Entry } | { ok: false; faults: readonly FieldFault[] };

function chooseEntries(root: JsonObject, wanted: string | undefined): Chosen {
  const names = namesIn(root);
  const name = wanted ?? (textAt(root, 'current-context') || (names.length === 1 ? (names[0] ?? '') : ''));
  if (name === '') return refuse('current-context', `Set current-context to one of: ${names.join(', ') || '(there are no contexts)'}`);
  const context = findEntry(root, { list: 'contexts', field: 'context', name });
  if (context === null) return refuse('contexts', `There is no context ${JSON.stringify(name)}; there are: ${names.join(', ')}`);
  const cluster = findEntry(root, { list: 'clusters', field: 'cluster', name: textAt(context.fields, 'cluster') });
  if (cluster === null) return refuse(`${context.path}.cluster`, 'The context names a cluster that is not in the file');
  const user = findEntry(root, { list: 'users', field: 'user', name: textAt(context.fields, 'user') });
  if (user === null) return refuse(`${context.path}.user`, 'The context names a user that is not in the file');
  return { ok: true, cluster, user };
}

function findEntry(root: JsonObject, wanted: { list: string; field: string; name: string }): Entry | null {
  const index = listAt(root, wanted.list).findIndex((entry) => textAt(entry, 'name') === wanted.name);
  if (index < 0) return null;
  return { path: `${wanted.list}.${index}.${wanted.field}`, fields: objectAt(root, wanted.list, index, wanted.field) };
}

function refusedFields(entry: Entry, rules: { refused: Readonly<Record<string, string>>; taken: ReadonlySet<string> }): FieldFault[] {
  return Object.keys(entry.fields)
    .filter((field) => !rules.taken.has(field))
    .map((field) => {
      const why = Object.hasOwn(rules.refused, field) ? rules.refused[field] : 'this field is not known to Flow: remove it';
      return { path: `${entry.path}.${field}`, message: `${field}: ${why ?? ''}` };
    });
}

function rebuild(cluster: Entry, user: Entry): ParsedKubeconfig {
  const faults: FieldFault[] = [];
  const decode = (entry: Entry, field: string): string | null => {
    const data = textAt(entry.fields, field);
    if (data === '') return null;
    const isBase64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data);
    if (!isBase64) faults.push({ path: `${entry.path}.${field}`, message: `${field} is not base64 data` });
    return isBase64 ? Buffer.from(data, 'base64').toString('utf8') : null;
  };
  const server = textAt(cluster.fields, 'server');
  const wrongServer = serverFault(server);
  if (wrongServer !== null) faults.push({ path: `${cluster.path}.server`, message: wrongServer });
  const caPem = decode(cluster, 'certificate-authority-data');
  if (caPem !== null && !isCertificate(caPem))
    faults.push({ path: `${cluster.path}.certificate-authority-data`, message: 'certificate-authority-data is not a certificate' });
  const certPem = decode(user, 'client-certificate-data');
  const keyPem = decode(user, 'client-key-data');
  const token = textAt(user.fields, 'token').trim();
  const credential =
    token !== '' ? { kind: 'token', token } : certPem !== null && keyPem !== null ? { kind: 'certificate', certPem, keyPem } : null;
  if (credential === null) faults.push({ path: user.path, message: 'Give a token, or client-certificate-data with client-key-data' });
  else if (credential.kind === 'certificate') faults.push(...pairFaults(user, { certPem, keyPem }));
  if (faults.length > 0) return { ok: false, faults };
  const connection = clusterConnection.safeParse({ server: server.replace(/\/+$/, ''), caPem, credential });
  if (connection.success) return { ok: true, connection: connection.data };
  return {
    ok: false,
    faults: connection.error.issues.map((issue) => ({ path: `${user.path}.${issue.path.join('.')}`, message: issue.message })),
  };
}

function pairFaults(user: Entry, pair: { certPem: string | null; keyPem: string | null }): FieldFault[] {
  if (!isCertificate(pair.certPem ?? ''))
    return [{ path: `${user.path}.client-certificate-data`, message: 'client-certificate-data is not a certificate' }];
  try {
    createPrivateKey(pair.keyPem ?? '');
    return [];
  } catch {
    return [{ path: `${user.path}.client-key-data`, message: 'client-key-data is not a private key without a passphrase' }];
  }
}

function refuse(path: string, message: string): { ok: false; faults: readonly FieldFault[] } {
  return { ok: false, faults: [{ path, message }] };
}
