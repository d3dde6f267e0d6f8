import { z } from 'zod';

const pem = (what: string) =>
  z
    .string()
    .max(64 * 1024)
    .regex(/^-----BEGIN [A-Z0-9 ]+-----\r?\n[\s\S]+-----END [A-Z0-9 ]+-----\s*$/, `${what} is not in PEM form`);

/** A header value: nothing that could end the line. */
const token = z
  .string()
  .min(1)
  .max(16 * 1024)
  .regex(/^[\x21-\x7e]+$/, 'the token has characters that cannot stand in a header');

/**
 * All that Flow keeps of a kubeconfig. `caPem` null means the trust store of the machine (or plain HTTP, which is taken from loopback only).
 * It holds a secret: it is stored encrypted and never leaves `delivery` as plain text.
 */
export const clusterConnection = z.strictObject({
  server: z.string().max(2048),
  caPem: pem('The authority').nullable(),
  credential: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('token'), token }),
    z.strictObject({ kind: z.literal('certificate'), certPem: pem('The client certificate'), keyPem: pem('The client key') }),
  ]),
});
export type ClusterConnection = z.infer<typeof clusterConnection>;

/** The fault of a server address, or null: `https://` anywhere, `http://` on loopback only, no user, query or fragment. */
export function serverFault(server: string): string | null {
  if (!URL.canParse(server)) return 'The address of the cluster is not a URL';
  const url = new URL(server);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The address of the cluster must begin with https://';
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return 'The address of the cluster must begin with https:// (http:// is taken on loopback only)';
  if (url.username !== '' || url.password !== '') return 'The address of the cluster must not hold a user or a password';
  if (url.search !== '' || url.hash !== '') return 'The address of the cluster must not have a query or a fragment';
  return null;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}
