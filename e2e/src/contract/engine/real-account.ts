import { createSign, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PolicyRule } from '@flow/delivery/access';
import { kinds, type ClusterClient, type KubeObject, type ResourceKind } from '@flow/delivery/cluster';
import { textAt } from '@flow/delivery/json';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import type { RealCluster } from '../../cluster/access.ts';
import { tlsPath } from '../../cluster/region/credentials.ts';
import { regions } from '../../cluster/regions.ts';
import { eventually } from '../eventually.ts';
import type { Account } from './engine.ts';

const rbac = 'rbac.authorization.k8s.io';
const roles: ResourceKind = { group: rbac, version: 'v1', plural: 'roles', kind: 'Role' };
/** A server takes a token for so long after its end, in case the clocks differ. */
const leewayMs = 60_000;

interface Place {
  cluster: RealCluster;
  admin: ClusterClient;
  namespace: string;
}

/** Makes a service account with a role of its own and a token of each kind. */
export async function makeRealAccount(place: Place, rules: readonly PolicyRule[]): Promise<Account> {
  const { cluster, admin, namespace } = place;
  const name = `account-${randomBytes(4).toString('hex')}`;
  const make = async (kind: ResourceKind, object: Record<string, unknown>): Promise<KubeObject> => {
    const made = await admin.create({ kind, namespace }, object);
    if (!made.ok) throw new Error(made.detail);
    return made.value;
  };
  const account = await make(kinds.serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
  await make(roles, { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name }, rules });
  const roleRef = { apiGroup: rbac, kind: 'Role', name };
  const subjects = [{ kind: 'ServiceAccount', namespace, name }];
  await make(kinds.roleBindings, { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name }, roleRef, subjects });
  const annotations = { 'kubernetes.io/service-account.name': name };
  const type = 'kubernetes.io/service-account-token';
  await make(kinds.secrets, { apiVersion: 'v1', kind: 'Secret', type, metadata: { name, annotations } });
  const token = await eventually('the token of the account', async () => {
    const secret = await admin.get({ kind: kinds.secrets, namespace, name });
    const text = secret.ok ? textAt(secret.value, 'data', 'token') : '';
    return text !== '' && Buffer.from(text, 'base64').toString('utf8');
  });
  const connectWith = (credential: string): ClusterConnection => ({ ...cluster.admin, credential: { kind: 'token', token: credential } });
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    connection: connectWith(token),
    shortLived: (lifeMs) => connectWith(signToken(cluster, { namespace, name, uid: account.metadata.uid, lifeMs })),
  };
}

/** A token as the API server itself would make it, but for a shorter time than it gives. */
function signToken(cluster: RealCluster, account: { namespace: string; name: string; uid: string; lifeMs: number }): string {
  const region = regions.find(({ name }) => name === cluster.name);
  if (region === undefined || !cluster.isOwn) throw new Error('Only the clusters of this machine have a key to sign with');
  const endSeconds = Math.ceil((Date.now() + account.lifeMs - leewayMs) / 1000);
  const issuer = 'https://kubernetes.default.svc';
  const { namespace, name, uid } = account;
  const claims = {
    iss: issuer,
    aud: [issuer],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: endSeconds - 3600,
    nbf: endSeconds - 3600,
    exp: endSeconds,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const signature = createSign('RSA-SHA256')
    .update(content)
    .sign(readFileSync(tlsPath(region, 'service-account.key'), 'utf8'), 'base64url');
  return `${content}.${signature}`;
}
