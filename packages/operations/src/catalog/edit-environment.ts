import { FlowError } from '@flow/core/fault';
import { addTargets, findEnvironment, updateEnvironment } from '@flow/db/catalog';
import type { EnvironmentDetail } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findReleaseRegions } from '@flow/db/cluster';
import { wakePromotions } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { clusterFaults, environmentFields, namespaceFaults, newTarget, refuse, waveFaults } from './environment-fields.ts';

export const editEnvironmentInput = z.strictObject({
  environmentId: z.string().min(1).max(64),
  /** The version that was shown: an edit of anything older is refused. */
  version: z.number().int().min(0),
  name: environmentFields.name.optional(),
  position: environmentFields.position.optional(),
  requiredApprovals: environmentFields.requiredApprovals.optional(),
  bakeTimeSeconds: environmentFields.bakeTimeSeconds.optional(),
  waves: environmentFields.waves.optional(),
  strategy: environmentFields.strategy.optional(),
  progression: environmentFields.progression.optional(),
  values: environmentFields.values.optional(),
  /** More regions; the waves must name them. */
  targets: z.array(newTarget).max(50).default([]),
});
type Edit = z.output<typeof editEnvironmentInput>;

/** Changes what is given and leaves the rest. Deployments that were asked for before keep the plan and the configuration that they were asked with. */
export async function editEnvironment(ctx: OperationContext, input: z.input<typeof editEnvironmentInput>): Promise<void> {
  requireRight(ctx, 'environment:manage');
  const edit = parseInput(editEnvironmentInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const before = await findEnvironment(tx, ctx.tenantId, edit.environmentId);
    if (before === null || before.archivedAt !== null) throw notFound('environment');
    const targets = await checkedTargets(ctx, tx, { before, edit });
    const { environmentId, version, targets: _targets, ...given } = edit;
    const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    if (!(await updateEnvironment(tx, ctx.tenantId, { id: environmentId, version, fields })))
      throw new FlowError({ code: 'conflict', message: 'Someone else has changed this environment since you looked: look at it again' });
    await addTargets(tx, ctx.tenantId, { environmentId, targets });
    await lookAgain(ctx, tx);
    await wakePromotions(tx, ctx.tenantId, ctx.now);
    await recordChange(ctx, tx, {
      action: 'environment.edit',
      subject: `environment:${environmentId}`,
      summary: sentence(before, { names: Object.keys(fields), regions: targets.map((target) => target.region) }),
      before: pick(before, Object.keys(fields)),
      after: pick(fields, Object.keys(fields)),
      event: { type: 'service.changed', topics: [], data: { environmentId } },
    });
  });
}

async function checkedTargets(ctx: OperationContext, tx: Tx, { before, edit }: { before: EnvironmentDetail; edit: Edit }) {
  const regions = await findReleaseRegions(
    tx,
    edit.targets.map((target) => target.clusterId),
  );
  refuse(clusterFaults(edit.targets, regions));
  const added = edit.targets.map((target) => ({ ...target, id: ctx.newId(), region: regions.get(target.clusterId) ?? '' }));
  refuse(
    waveFaults(
      edit.waves ?? before.waves,
      [...before.targets, ...added].map((target) => target.region),
    ),
  );
  refuse(await namespaceFaults(ctx, tx, edit.targets));
  return added;
}

function sentence(before: EnvironmentDetail, { names, regions }: { names: readonly string[]; regions: readonly string[] }): string {
  const parts = [
    ...(names.length === 0 ? [] : [`${names.join(', ')} changed`]),
    ...(regions.length === 0 ? [] : [`${regions.join(', ')} added`]),
  ];
  return `${before.name}: ${parts.length === 0 ? 'nothing changed' : parts.join('; ')}`;
}

/** The named fields as JSON, for the audit log. */
function pick(from: object, names: readonly string[]): Record<string, z.core.util.JSONType> {
  const chosen = Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(chosen)));
}
