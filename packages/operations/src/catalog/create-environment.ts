import { usualProgression } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { slug } from '@flow/core/identity';
import { environmentKind, insertEnvironment } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { findReleaseRegions } from '@flow/db/cluster';
import { z } from 'zod';
import { parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { clusterFaults, environmentFields, namespaceFaults, newTarget, refuse, waveFaults } from './environment-fields.ts';

export const createEnvironmentInput = z.strictObject({
  ...environmentFields,
  slug,
  kind: environmentKind,
  requiredApprovals: environmentFields.requiredApprovals.default(0),
  bakeTimeSeconds: environmentFields.bakeTimeSeconds.default(30),
  progression: environmentFields.progression.default(usualProgression),
  values: environmentFields.values.default({}),
  targets: z.array(newTarget).min(1).max(50),
});

/** Makes an environment with a target in each of the given clusters; the waves must name exactly the regions of those clusters. */
export async function createEnvironment(
  ctx: OperationContext,
  input: z.input<typeof createEnvironmentInput>,
): Promise<{ environmentId: string }> {
  requireRight(ctx, 'environment:manage');
  const fields = parseInput(createEnvironmentInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const regions = await findReleaseRegions(
      tx,
      fields.targets.map((target) => target.clusterId),
    );
    refuse(clusterFaults(fields.targets, regions));
    const inTargets = fields.targets.map((target) => regions.get(target.clusterId) ?? '');
    refuse(waveFaults(fields.waves, inTargets));
    refuse(await namespaceFaults(ctx, tx, fields.targets));
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
