import { progression, strategy } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import type { FieldFault } from '@flow/core/fault';
import { isPlatformAdmin } from '@flow/core/rights';
import { findPlacesOfOthers, layerValues, waveRegions } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { findTenant } from '@flow/db/tenancy';
import { z } from 'zod';
import type { OperationContext } from '../context/index.ts';

/** A Kubernetes namespace: a DNS label (RFC 1123). */
const namespace = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes');

/** Where an environment is to live in one region. */
export const newTarget = z.strictObject({ clusterId: z.string().min(1).max(64), namespace, values: layerValues.default({}) });
export type NewTarget = z.output<typeof newTarget>;

/** What people may say about an environment, beside its targets. */
export const environmentFields = {
  name: z.string().trim().min(1).max(100),
  position: z.number().int().min(1).max(1_000),
  requiredApprovals: z.number().int().min(0).max(10),
  bakeTimeSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * 24 * 3_600),
  waves: waveRegions,
  strategy,
  progression,
  values: layerValues,
};

/** Refuses with the faults, if there are any, each at its field. */
export function refuse(fields: readonly FieldFault[]): void {
  if (fields.length > 0) throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
}

/** Waves name each region of the targets once, and no other. */
export function waveFaults(waves: readonly (readonly string[])[], regions: readonly string[]): FieldFault[] {
  const inWaves = waves.flat();
  return [
    ...(new Set(regions).size < regions.length
      ? [{ path: 'targets', message: 'two targets are in one region: an environment has one for each' }]
      : []),
    ...(new Set(inWaves).size < inWaves.length ? [{ path: 'waves', message: 'a region is in two waves' }] : []),
    ...inWaves.filter((region) => !regions.includes(region)).map((region) => ({ path: 'waves', message: `no target is in ${region}` })),
    ...regions.filter((region) => !inWaves.includes(region)).map((region) => ({ path: 'waves', message: `${region} is in no wave` })),
  ];
}

/** Namespaces that belong to the cluster, by convention of Kubernetes. */
const reserved = /^(kube-.*|default)$/;

/** A tenant's own people may use namespaces that begin with its slug; nobody one of the cluster itself or of another tenant. */
export async function namespaceFaults(ctx: OperationContext, tx: Tx, targets: readonly NewTarget[]): Promise<FieldFault[]> {
  if (targets.length === 0) return [];
  const tenant = await findTenant(tx, ctx.tenantId);
  const isFree = ctx.actor.kind === 'system' || isPlatformAdmin(ctx.actor);
  const taken = await findPlacesOfOthers(
    tx,
    ctx.tenantId,
    targets.map(({ clusterId, namespace: name }) => ({ clusterId, namespace: name })),
  );
  return targets.flatMap((target, index) => {
    const path = `targets.${index}.namespace`;
    if (reserved.test(target.namespace)) return [{ path, message: 'this namespace belongs to the cluster' }];
    if (!isFree && !target.namespace.startsWith(`${tenant?.slug ?? ''}-`))
      return [{ path, message: `begin it with ${tenant?.slug ?? ''}-, or ask a platform admin` }];
    const isTaken = taken.some((place) => place.clusterId === target.clusterId && place.namespace === target.namespace);
    return isTaken ? [{ path, message: 'this namespace cannot be used: choose another one' }] : [];
  });
}

/** Targets that name no cluster that takes releases. */
export function clusterFaults(targets: readonly NewTarget[], regions: ReadonlyMap<string, string>): FieldFault[] {
  return targets.flatMap((target, index) =>
    regions.has(target.clusterId) ? [] : [{ path: `targets.${index}.clusterId`, message: 'there is no such cluster for releases' }],
  );
}
