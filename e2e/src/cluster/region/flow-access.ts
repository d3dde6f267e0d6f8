import { clusterPurposes } from '@flow/core/cluster';
import type { ClusterPurpose } from '@flow/core/cluster';
import { accessObjects, flowTokenSecret } from '@flow/delivery/access';
import { kinds, type ClusterClient } from '@flow/delivery/cluster';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { z } from 'zod';
import { eventually } from '../machine/eventually.ts';
import { authorityOf, serverOf } from './credentials.ts';
import type { Region } from '../regions.ts';
import type { Manifest } from './objects.ts';
import { ClusterRefused } from '../refused.ts';

const filledWithinMs = 60_000;

/** What Flow uses a region for. */
function purposesOf(region: Region): readonly ClusterPurpose[] {
  return region.runsWorkflows ? clusterPurposes : ['releases'];
}

/** Flow's account with exactly the rights that operators are told to give it. */
export function flowAccess(region: Region): Manifest[] {
  return accessObjects(purposesOf(region));
}

const tokenData = z.looseObject({ data: z.looseObject({ token: z.string().min(1) }) });

/** The connection as Flow's account, once the controller of Kubernetes has written its token. */
export async function flowConnection(region: Region, admin: ClusterClient): Promise<ClusterConnection> {
  let token = '';
  await eventually(async () => {
    const { name, namespace } = flowTokenSecret;
    const answer = await admin.get({ kind: kinds.secrets, name, namespace });
    const filled = tokenData.safeParse(answer.ok ? answer.value : {});
    if (filled.success) token = Buffer.from(filled.data.data.token, 'base64').toString('utf8');
    return filled.success;
  }, filledWithinMs);
  if (token === '') throw new ClusterRefused(`No token came into the secret ${flowTokenSecret.name} of ${flowTokenSecret.namespace}.`);
  return { server: serverOf(region), caPem: authorityOf(region), credential: { kind: 'token', token } };
}
