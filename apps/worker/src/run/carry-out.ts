import { FlowError } from '@flow/core/fault';
import { isTimeToPark } from '@flow/core/pipeline';
import type { RunEffect } from '@flow/core/pipeline';
import { segmentOf } from '@flow/core/workflow';
import { digest } from '@flow/core/identity';
import { findEnvironmentBySlug } from '@flow/db/catalog';
import { intendAction, noteTrouble, recordAction } from '@flow/db/action';
import { saveArtifact, saveNextSegment, saveSegmentParked, saveStageDeployment } from '@flow/db/run';
import type { RunForDecision } from '@flow/db/run';
import { gateNodeId, parkWorkflow, settleGate, terminateWorkflow } from '@flow/delivery/workflows';
import { askForDeployment, cancelDeployment } from '@flow/operations/deployment';
import { keepEvidenceOfRun } from '@flow/operations/evidence';
import { systemContext } from '../system-context.ts';
import { obtainChart } from '../deployment/charts.ts';
import { createSegment } from './create-segment.ts';
import type { RunDependencies } from './reconcile.ts';
import { pipelineOf, stageWorkKey } from './to-snapshot.ts';

/** What became of the effects: rows of Flow changed (look again now), only the engine was told (its watch will say), or trouble. */
export type EffectsOutcome = { kind: 'rowsChanged' } | { kind: 'engineTold' } | { kind: 'trouble'; message: string };

/** Runs the effects of a decision on a run in order; the first that fails ends the round and is tried again. */
export async function carryOutRunEffects(
  dependencies: RunDependencies,
  loaded: RunForDecision,
  effects: readonly RunEffect[],
): Promise<EffectsOutcome> {
  let areRowsChanged = false;
  for (const effect of effects) {
    try {
      areRowsChanged = (await runForStage(dependencies, loaded, effect)) === 'rows' || areRowsChanged;
    } catch (error) {
      if (!(error instanceof FlowError))
        dependencies.log.error(
          { err: error, run: loaded.run.id, effect: effect.kind },
          'an effect failed in a way that Flow does not know',
        );
      return { kind: 'trouble', message: error instanceof Error ? error.message : String(error) };
    }
  }
  return areRowsChanged ? { kind: 'rowsChanged' } : { kind: 'engineTold' };
}

/** Keeps why an effect on a stage did not work, for the page; one that no repeat would mend is refused for good, and the stage fails with the reason. */
async function runForStage(dependencies: RunDependencies, loaded: RunForDecision, effect: RunEffect): Promise<'rows' | 'engine'> {
  try {
    return await run(dependencies, loaded, effect);
  } catch (error) {
    if (!(error instanceof FlowError) || !('stageKey' in effect)) throw error;
    const { db } = dependencies;
    const action = await intendWork(dependencies, loaded, effect);
    const isFinal = finalCodes.has(error.code) && effect.kind !== 'settleGate';
    if (!isFinal) {
      await noteTrouble(db, action, error.message);
      throw error;
    }
    const reason = [error.message, ...error.fields.map((field) => `${field.path}: ${field.message}`)].join('\n');
    await recordAction(db, action, { state: 'failed', result: { reason }, finishedAt: dependencies.now() });
    return 'rows';
  }
}

/** Writes down that Flow is about to do this for a stage, or finds that it has. */
function intendWork({ db, newId }: RunDependencies, { run }: RunForDecision, effect: { kind: RunEffect['kind']; stageKey: string }) {
  return intendAction(db, {
    tenantId: run.tenantId,
    id: newId(),
    key: stageWorkKey(run, effect),
    kind: effect.kind,
    clusterId: run.clusterId,
    target: { stageKey: effect.stageKey },
    runId: run.id,
  });
}

// What the rules, the definition or the configuration refuse, they refuse again.
const finalCodes: ReadonlySet<FlowError['code']> = new Set(['invalid', 'notFound', 'forbidden', 'precondition']);

async function run(dependencies: RunDependencies, loaded: RunForDecision, effect: RunEffect): Promise<'rows' | 'engine'> {
  switch (effect.kind) {
    case 'createWorkflow':
      await createSegment(dependencies, loaded);
      return 'rows';
    case 'recordArtifact':
      await recordArtifact(dependencies, loaded, effect);
      return 'rows';
    case 'keepEvidence':
      await keepEvidence(dependencies, loaded, effect);
      return 'rows';
    case 'askDeployment':
      await ask(dependencies, loaded, effect);
      return 'rows';
    case 'settleGate':
      await settle(dependencies, loaded, effect);
      return 'engine';
    case 'cancelDeployment':
      await cancelDeployment(systemContext(dependencies, loaded.run.tenantId, 'the run was cancelled'), {
        deploymentId: effect.deploymentId,
      });
      return 'engine';
    case 'terminateWorkflow':
      await terminate(dependencies, loaded);
      return 'engine';
    case 'parkWorkflow':
      return park(dependencies, loaded);
    case 'startSegment':
      await startSegment(dependencies, loaded, effect.stageKeys);
      return 'rows';
  }
}

async function recordArtifact(
  dependencies: RunDependencies,
  loaded: RunForDecision,
  effect: Extract<RunEffect, { kind: 'recordArtifact' }>,
): Promise<void> {
  const { run } = loaded;
  const stage = pipelineOf(loaded)?.stages.find((candidate) => candidate.key === effect.stageKey);
  const found = digest.safeParse((effect.outputs['digest'] ?? '').trim());
  if (stage?.kind !== 'publish' || !found.success) {
    // The machine of the run ends one without a digest before it asks for this.
    throw new FlowError({ code: 'internal', message: `Stage ${effect.stageKey} has no digest to record` });
  }
  const chart = await obtainChart(dependencies, { service: run.service, commitSha: run.commitSha, digest: null });
  const version = (effect.outputs['version'] ?? '').trim();
  await saveArtifact(dependencies.db, {
    tenantId: run.tenantId,
    id: dependencies.newId(),
    serviceId: run.serviceId,
    runId: run.id,
    version: /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(version) ? version : `${run.number}-${run.commitSha.slice(0, 7)}`,
    repository: stage.repository,
    digest: found.data,
    commitSha: run.commitSha,
    commitMessage: run.commitMessage,
    commitAuthor: run.commitAuthor,
    chartVersion: chart.version,
    createdAt: dependencies.now(),
  });
}

/** Kept once, whatever becomes of the worker in between. */
async function keepEvidence(
  dependencies: RunDependencies,
  loaded: RunForDecision,
  effect: Extract<RunEffect, { kind: 'keepEvidence' }>,
): Promise<void> {
  const { run } = loaded;
  const action = await intendWork(dependencies, loaded, effect);
  const context = systemContext(dependencies, run.tenantId, `run ${run.number}, stage ${effect.stageKey}`);
  await keepEvidenceOfRun(context, { runId: run.id, stageKey: effect.stageKey, actionId: action.id, written: [...effect.written] });
}

/** Asked for once for each stage and segment: a repeat after a crash gets the same deployment. */
async function ask(
  dependencies: RunDependencies,
  loaded: RunForDecision,
  effect: Extract<RunEffect, { kind: 'askDeployment' }>,
): Promise<void> {
  const { run } = loaded;
  const stage = pipelineOf(loaded)?.stages.find((candidate) => candidate.key === effect.stageKey);
  const slug = stage?.kind === 'deploy' ? stage.environment : '';
  const environment = await findEnvironmentBySlug(dependencies.db.prisma, run.tenantId, slug);
  if (environment === null)
    throw new FlowError({
      code: 'notFound',
      owner: 'configuration',
      message: `There is no environment named ${slug}: create it, or change stage ${effect.stageKey}`,
    });
  const { deploymentId } = await askForDeployment(
    systemContext(dependencies, run.tenantId, `run ${run.number}, stage ${effect.stageKey}`),
    {
      serviceId: run.serviceId,
      environmentId: environment.id,
      artifactId: effect.artifactId,
      run: { id: run.id, stageKey: effect.stageKey },
      idempotencyKey: `${run.id}/${effect.stageKey}/${run.segments.length}`,
    },
  );
  await saveStageDeployment(dependencies.db, run, { key: effect.stageKey, deploymentId });
}

async function settle(
  dependencies: RunDependencies,
  loaded: RunForDecision,
  effect: Extract<RunEffect, { kind: 'settleGate' }>,
): Promise<void> {
  const segment = loaded.run.segments.at(-1);
  if (segment?.workflowUid == null) return;
  const { client } = await dependencies.clusters.open(loaded.run.clusterId);
  const outcome = await settleGate(client, {
    namespace: segment.namespace,
    name: segment.workflowName,
    uid: segment.workflowUid,
    nodeId: gateNodeId(segment.workflowName, effect.stageKey),
    outcome: effect.outcome,
    outputs: {},
    message: effect.message,
    at: dependencies.now(),
  });
  if (outcome.outcome === 'refused')
    dependencies.log.warn({ run: loaded.run.id, stage: effect.stageKey, why: outcome.why }, 'the gate could not be settled');
}

async function terminate(dependencies: RunDependencies, loaded: RunForDecision): Promise<void> {
  const segment = loaded.run.segments.at(-1);
  if (segment?.workflowUid == null) return;
  const { client } = await dependencies.clusters.open(loaded.run.clusterId);
  await terminateWorkflow(client, { namespace: segment.namespace, name: segment.workflowName, uid: segment.workflowUid });
}

async function park(dependencies: RunDependencies, loaded: RunForDecision): Promise<'rows' | 'engine'> {
  const segment = loaded.run.segments.at(-1);
  if (segment?.workflowUid == null) return 'engine';
  const { client } = await dependencies.clusters.open(loaded.run.clusterId);
  const ref = { namespace: segment.namespace, name: segment.workflowName, uid: segment.workflowUid };
  const { outcome } = await parkWorkflow(client, ref, (view) => isTimeToPark(segmentOf(view), dependencies.now()));
  if (outcome === 'moved') return 'engine';
  await saveSegmentParked(dependencies.db, loaded.run, segment.ordinal);
  return 'rows';
}

async function startSegment(dependencies: RunDependencies, loaded: RunForDecision, stageKeys: readonly string[]): Promise<void> {
  const before = loaded.run.segments.at(-1);
  if (before === undefined) return;
  await saveNextSegment(dependencies.db, loaded.run, { ordinal: before.ordinal + 1, namespace: before.namespace, stageKeys });
}
