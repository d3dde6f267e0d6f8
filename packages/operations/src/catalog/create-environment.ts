import { strategy } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import type { FieldFault } from '@flow/core/fault';
import { slug } from '@flow/core/identity';
import { isPlatformAdmin } from '@flow/core/rights';
import { environmentKind, findPlacesOfOthers, insertEnvironment, layerValues, waveRegions } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findClusterRegions } from '@flow/db/cluster';
import { findTenant } from '@flow/db/tenancy';
import { z } from 'zod';
import { parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

/** A Kubernetes namespace: a DNS label (RFC 1123). */
const namespace = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes');

export const createEnvironmentInput = z.strictObject({
  slug,
  name: z.string().trim().min(1).max(100),
  kind: environmentKind,
  position: z.number().int().min(1).max(1_000),
  requiredApprovals: z.number().int().min(0).max(10).default(0),
  bakeTimeSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * 24 * 3_600)
    .default(30),
  waves: waveRegions,
  strategy,
  values: layerValues.default({}),
  targets: z
    .array(z.strictObject({ clusterId: z.string().min(1).max(64), namespace, values: layerValues.default({}) }))
    .min(1)
    .max(50),
});
type EnvironmentInput = z.output<typeof createEnvironmentInput>;

/**
 * Makes an environment with a target in each of the given clusters; the waves must name exactly the regions of those clusters.
 * A tenant's own people may use namespaces that begin with the tenant's slug; nobody may use one of the cluster itself or of another tenant.
 */
export async function createEnvironment(
  ctx: OperationContext,
  input: z.input<typeof createEnvironmentInput>,
): Promise<{ environmentId: string }> {
  requireRight(ctx, 'environment:manage');
  const fields = parseInput(createEnvironmentInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const regions = await findClusterRegions(
      tx,
      fields.targets.map((target) => target.clusterId),
    );
    refuse(faultsOf(fields, regions));
    refuse(await namespaceFaults(ctx, tx, fields));
    const environmentId = ctx.newId();
    const targets = fields.targets.map((target) => ({ ...target, id: ctx.newId(), region: regions.get(target.clusterId) ?? '' }));
    if (!(await insertEnvironment(tx, ctx.tenantId, { ...fields, id: environmentId, createdAt: ctx.now, targets }))) {
      throw new FlowError({
        code: 'conflict',
        message: 'Another environment of this tenant has this name in its address',
        fields: [{ path: 'slug', message: 'already in use' }],
      });
    }
    await recordChange(ctx, tx, {
      action: 'environment.create',
      subject: `environment:${environmentId}`,
      summary: `Environment ${fields.name} was made with ${targets.map((target) => target.region).join(', ')}`,
      after: { slug: fields.slug, kind: fields.kind, requiredApprovals: fields.requiredApprovals },
      event: { type: 'service.changed', topics: [], data: { environmentId } },
    });
    return { environmentId };
  });
}

function refuse(fields: readonly FieldFault[]): void {
  if (fields.length > 0) throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
}

function faultsOf(input: EnvironmentInput, regions: ReadonlyMap<string, string>): FieldFault[] {
  const unknown = input.targets.flatMap((target, index) =>
    regions.has(target.clusterId) ? [] : [{ path: `targets.${index}.clusterId`, message: 'there is no such cluster' }],
  );
  if (unknown.length > 0) return unknown;
  const inTargets = input.targets.map((target) => regions.get(target.clusterId) ?? '');
  const inWaves = input.waves.flat();
  return [
    ...(new Set(inTargets).size < inTargets.length
      ? [{ path: 'targets', message: 'two targets are in one region: an environment has one for each' }]
      : []),
    ...(new Set(inWaves).size < inWaves.length ? [{ path: 'waves', message: 'a region is in two waves' }] : []),
    ...inWaves.filter((region) => !inTargets.includes(region)).map((region) => ({ path: 'waves', message: `no target is in ${region}` })),
    ...inTargets.filter((region) => !inWaves.includes(region)).map((region) => ({ path: 'waves', message: `${region} is in no wave` })),
  ];
}

/** Namespaces that belong to the cluster, by convention of Kubernetes. */
const reserved = /^(kube-.*|default)$/;

async function namespaceFaults(ctx: OperationContext, tx: Tx, input: EnvironmentInput): Promise<FieldFault[]> {
  const tenant = await findTenant(tx, ctx.tenantId);
  const isFree = ctx.actor.kind === 'system' || isPlatformAdmin(ctx.actor);
  const taken = await findPlacesOfOthers(
    tx,
    ctx.tenantId,
    input.targets.map(({ clusterId, namespace: name }) => ({ clusterId, namespace: name })),
  );
  return input.targets.flatMap((target, index) => {
    const path = `targets.${index}.namespace`;
    if (reserved.test(target.namespace)) return [{ path, message: 'this namespace belongs to the cluster' }];
    if (!isFree && !target.namespace.startsWith(`${tenant?.slug ?? ''}-`))
      return [{ path, message: `begin it with ${tenant?.slug ?? ''}-, or ask a platform admin` }];
    const isTaken = taken.some((place) => place.clusterId === target.clusterId && place.namespace === target.namespace);
    return isTaken ? [{ path, message: 'this namespace cannot be used: choose another one' }] : [];
  });
}
