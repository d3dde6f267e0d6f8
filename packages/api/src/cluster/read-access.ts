import { FlowError } from '@flow/core/fault';
import { connectionFromToken, parseKubeconfig } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { z } from 'zod';

/** How people give access to a cluster: whatever in it would run or read something is refused by name. */
export const clusterAccess = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('kubeconfig'),
    kubeconfig: z.string().min(1, 'paste a kubeconfig').max(200_000),
    /** Which of its contexts; its current one unless given. */
    context: z.string().min(1).max(200).optional(),
  }),
  z.strictObject({
    kind: z.literal('token'),
    server: z.string().min(1, 'give the address of the API server').max(2_048),
    /** The authority in PEM form; empty for one that the machines of Flow trust. */
    caPem: z.string().max(65_536),
    token: z.string().min(1, 'give the token of a service account').max(16_384),
  }),
]);

/** The connection that was given, or a fault at each field of it that is refused. */
export function readAccess(access: z.output<typeof clusterAccess>): ClusterConnection {
  const read = access.kind === 'kubeconfig' ? parseKubeconfig(access.kubeconfig, access.context) : connectionFromToken(access);
  if (read.ok) return read.connection;
  const at = access.kind === 'kubeconfig' ? 'access.kubeconfig' : 'access';
  throw new FlowError({
    code: 'invalid',
    message: access.kind === 'kubeconfig' ? 'This kubeconfig cannot be used' : 'This access cannot be used',
    fields: read.faults.map((fault) => ({ ...fault, path: [at, fault.path].filter((part) => part !== '').join('.') })),
  });
}
