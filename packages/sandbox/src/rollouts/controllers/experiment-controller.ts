import { z } from 'zod';
import type { Controller, KubeObject, ObjectKey, SandboxContext } from '../../store/index.ts';
import { controllerOf, createLevelController, createOwnerIndex, createReader, type OwnerIndex } from '../../workloads/index.ts';
import { decideExperiment, type ExperimentPlan } from '../experiment/decide-experiment.ts';
import { experimentSpecSchema, experimentStatusSchema, type ExperimentStatus } from '../experiment/experiment-spec.ts';
import { withoutZeroValues } from '../model/canonical-json.ts';
import { isOurs } from '../model/is-ours.ts';
import { EXPERIMENT_TEMPLATE_ANNOTATION } from '../model/labels.ts';
import { createOwned, scaleReplicaSet, terminate, writeStatus } from './apply-plan.ts';
import { loadTemplates, toReplicaSetView, toRunView } from './load-rollout.ts';

const EXPERIMENTS = 'experiments.argoproj.io';

const readExperiment = createReader(z.object({ spec: experimentSpecSchema, status: experimentStatusSchema.nullish() }));

/** Runs Experiments: pods of several templates side by side, with analyses. */
export function createExperimentController(ctx: SandboxContext): Controller {
  const replicaSets = createOwnerIndex(ctx.store, 'replicasets.apps');
  const runs = createOwnerIndex(ctx.store, 'analysisruns.argoproj.io');
  const owner = (event: { object: KubeObject }): ObjectKey[] => ownerKeys(event.object);
  return createLevelController({
    name: 'experiment',
    ctx,
    triggers: [
      { resource: EXPERIMENTS, keys: (event) => [event.object.metadata] },
      { resource: 'replicasets.apps', keys: owner },
      { resource: 'analysisruns.argoproj.io', keys: owner },
    ],
    all: () => ctx.store.list(EXPERIMENTS).map((experiment) => experiment.metadata),
    reconcile: (key) => reconcile(ctx, { replicaSets, runs }, key),
    onStop: async () => {
      replicaSets.close();
      runs.close();
    },
  });
}

function ownerKeys(object: KubeObject): ObjectKey[] {
  const owner = controllerOf(object);
  if (owner?.kind !== 'Experiment' || object.metadata.namespace === undefined) return [];
  return [{ namespace: object.metadata.namespace, name: owner.name }];
}

function reconcile(ctx: SandboxContext, owned: { replicaSets: OwnerIndex; runs: OwnerIndex }, key: ObjectKey): Date | undefined {
  const experiment = ctx.store.get(EXPERIMENTS, key);
  if (experiment === undefined || !isOurs(experiment)) return undefined;
  const { spec, status } = readExperiment(experiment);
  const { uid, namespace = '' } = experiment.metadata;
  const sets = owned.replicaSets.ownedBy(uid).map(toReplicaSetView);
  const plan = decideExperiment(
    {
      experiment,
      spec,
      status: status ?? experimentStatusSchema.parse({}),
      replicaSets: new Map(sets.map((set) => [set.object.metadata.annotations?.[EXPERIMENT_TEMPLATE_ANNOTATION] ?? '', set])),
      runs: owned.runs.ownedBy(uid).map(toRunView),
      templates: loadTemplates(ctx, namespace),
    },
    ctx.clock.now(),
  );
  apply(ctx, experiment, plan);
  return plan.wakeAt;
}

function apply(ctx: SandboxContext, experiment: KubeObject, plan: ExperimentPlan): void {
  const { namespace = '' } = experiment.metadata;
  for (const object of plan.createReplicaSets) createOwned(ctx, 'replicasets.apps', { object, owner: experiment });
  for (const { name, replicas } of plan.scale) scaleReplicaSet(ctx, { namespace, name }, replicas);
  for (const object of plan.createRuns) createOwned(ctx, 'analysisruns.argoproj.io', { object, owner: experiment });
  for (const name of plan.terminateRuns) terminate(ctx, 'analysisruns.argoproj.io', { namespace, name });
  writeStatus(ctx, EXPERIMENTS, { object: experiment, status: toStored(plan.status) });
}

const NAMES = new Set(['name', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'analysisRun', 'phase']);

function toStored(status: ExperimentStatus): Record<string, unknown> {
  return withoutZeroValues(
    {
      ...status,
      templateStatuses: status.templateStatuses.map((one) => withoutZeroValues(one, NAMES)),
      analysisRuns: status.analysisRuns.map((one) => withoutZeroValues(one, NAMES)),
    },
    new Set(),
  );
}
