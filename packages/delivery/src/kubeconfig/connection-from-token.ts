import type { FieldFault } from '@flow/core/fault';
import { isCertificate } from './certificate.ts';
import { clusterConnection, serverFault } from './connection.ts';
import type { ParsedKubeconfig } from './parse-kubeconfig.ts';

/** The parts of a connection as people fill them in: address, authority (empty for one that this machine trusts) and token of a service account. */
export interface TokenAccess {
  server: string;
  caPem: string;
  token: string;
}

/** Builds a connection from its parts, or says at which of them what is wrong. */
export function connectionFromToken(given: TokenAccess): ParsedKubeconfig {
  const server = given.server.trim().replace(/\/+$/, '');
  const caPem = given.caPem.trim();
  const wrongServer = serverFault(server);
  const faults: FieldFault[] = [
    ...(wrongServer === null ? [] : [{ path: 'server', message: wrongServer }]),
    ...(caPem === '' || isCertificate(caPem)
      ? []
      : [{ path: 'caPem', message: 'this is not a certificate in PEM form (-----BEGIN CERTIFICATE-----)' }]),
    ...(given.token.trim() === '' ? [{ path: 'token', message: 'give the token of a service account' }] : []),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const credential = { kind: 'token', token: given.token.trim() };
  const connection = clusterConnection.safeParse({ server, caPem: caPem === '' ? null : `${caPem}\n`, credential });
  if (connection.success) return { ok: true, connection: connection.data };
  return {
    ok: false,
    faults: connection.error.issues.map((issue) => ({ path: String(issue.path.at(-1) ?? ''), message: issue.message })),
  };
}
