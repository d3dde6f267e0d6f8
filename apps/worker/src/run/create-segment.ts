import { FlowError } from '@flow/core/fault';
import { parsePipeline, planStages } from '@flow/core/pipeline';
import type { PlannedPipeline, PlannedStage } from '@flow/core/pipeline';
import { evidenceOutput } from '@flow/core/workflow';
import { intendAction, noteTrouble, recordAction } from '@flow/db/action';
import { findEnvironmentNames } from '@flow/db/catalog';
import { saveHistory } from '@flow/db/promotion';
import { saveCommit, savePlannedRun, saveSegmentUid } from '@flow/db/run';
import type { RunForDecision } from '@flow/db/run';
import { ensurePipelineNamespace, pipelineAccount } from '@flow/delivery/access';
import { compileWorkflow, createWorkflow, workflowName } from '@flow/delivery/workflows';
import type { CompileInput, StageInput } from '@flow/delivery/workflows';
import { definitionPath } from '../git/read-commit.ts';
import type { RunDependencies } from './reconcile.ts';
import { creationKey, pipelineOf } from './to-snapshot.ts';

/**
 * Reads the definition of the commit (for the first segment), compiles the stages of the newest segment to one Workflow and creates it.
 * Safe to repeat: the name of the Workflow follows from the run and the segment.
 */
export async function createSegment(dependencies: RunDependencies, loaded: RunForDecision): Promise<void> {
  const { run } = loaded;
  const ordinal = run.segments.at(-1)?.ordinal ?? 1;
  const action = await intendAction(dependencies.db, {
    tenantId: run.tenantId,
    id: dependencies.newId(),
    key: creationKey(run.id, ordinal),
    kind: 'workflow-create',
    clusterId: run.clusterId,
    target: { ordinal },
    runId: run.id,
  });
  if (action.state !== 'intended') return;
  try {
    await create(dependencies, loaded, ordinal);
    await recordAction(dependencies.db, action, { state: 'done', result: {}, finishedAt: dependencies.now() });
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    if (error.code === 'upstream' && error.owner === 'cluster') {
      await noteTrouble(dependencies.db, action, error.message);
      throw error;
    }
    await recordAction(dependencies.db, action, { state: 'failed', result: { reason: sentenceOf(error) }, finishedAt: dependencies.now() });
  }
}

function sentenceOf(error: FlowError): string {
  return [error.message, ...error.fields.map((field) => `${field.path}: ${field.message}`)].join('\n');
}

async function create(dependencies: RunDependencies, loaded: RunForDecision, ordinal: number): Promise<void> {
  const { run } = loaded;
  const namespace = `flow-runs-${run.tenantId}`.slice(0, 63).replace(/-+$/, '');
  const name = workflowName({ runId: run.id, segment: ordinal, attempt: 1 });
  const pipeline = pipelineOf(loaded) ?? (await readPipeline(dependencies, loaded));
  await savePlannedRun(dependencies.db, run, { pipeline, workflowName: name, namespace, ordinal });
  const segment = run.segments.at(-1);
  const keys = new Set(segment?.stageKeys ?? pipeline.stages.map((stage) => stage.key));
  const compiled = compileWorkflow(toCompileInput(dependencies, { loaded, pipeline, ordinal, namespace, keys }));
  if (!compiled.ok)
    throw new FlowError({ code: 'invalid', owner: 'caller', message: 'The pipeline cannot be compiled', fields: compiled.faults });
  const { client } = await dependencies.clusters.open(run.clusterId);
  await ensurePipelineNamespace(client, namespace);
  const created = await createWorkflow(client, compiled.workflow);
  if (created.outcome === 'refused') throw new FlowError({ code: 'precondition', owner: 'configuration', message: created.why });
  await saveSegmentUid(dependencies.db, run, { ordinal, workflowUid: created.uid });
}

async function readPipeline(dependencies: RunDependencies, { run }: RunForDecision): Promise<PlannedPipeline> {
  const content = await dependencies.git.readCommit({ repositoryUrl: run.service.repositoryUrl, sha: run.commitSha });
  await saveCommit(dependencies.db, run, { message: content.message, author: content.author });
  await saveHistory(dependencies.db, run.tenantId, { serviceId: run.serviceId, commits: content.history });
  if (content.definition === null)
    throw new FlowError({
      code: 'invalid',
      owner: 'caller',
      message: `The commit has no ${definitionPath}: add one that says how to build and deliver it`,
    });
  const parsed = parsePipeline(content.definition);
  if (!parsed.ok) {
    const fields = parsed.faults.map((fault) => ({
      path: `${definitionPath} line ${fault.line}, column ${fault.column}`,
      message: fault.message,
    }));
    throw new FlowError({ code: 'invalid', owner: 'caller', message: 'The pipeline definition has faults', fields });
  }
  const pipeline = planStages(parsed.definition);
  await refuseUnknownEnvironments(dependencies, run.tenantId, pipeline);
  return pipeline;
}

async function refuseUnknownEnvironments(dependencies: RunDependencies, tenantId: string, pipeline: PlannedPipeline): Promise<void> {
  const environments = await findEnvironmentNames(dependencies.db.prisma, tenantId);
  const slugs = new Set([...environments.values()].map((environment) => environment.slug));
  const unknown = pipeline.stages.flatMap((stage) => (stage.kind === 'deploy' && !slugs.has(stage.environment) ? [stage] : []));
  if (unknown.length === 0) return;
  const fields = unknown.map((stage) => ({
    path: `stage ${stage.key}`,
    message: `there is no environment named ${stage.environment}; there are ${[...slugs].join(', ')}`,
  }));
  throw new FlowError({ code: 'invalid', owner: 'caller', message: 'The pipeline deploys to an environment that is not there', fields });
}

interface Segment {
  loaded: RunForDecision;
  pipeline: PlannedPipeline;
  ordinal: number;
  namespace: string;
  keys: ReadonlySet<string>;
}

function toCompileInput(dependencies: RunDependencies, segment: Segment): CompileInput {
  const { run } = segment.loaded;
  return {
    runId: run.id,
    segment: segment.ordinal,
    attempt: 1,
    namespace: segment.namespace,
    labels: { 'flow.dev/tenant': run.tenantId, 'flow.dev/service': run.serviceId },
    stages: segment.pipeline.stages
      .filter((stage) => segment.keys.has(stage.key))
      .map((stage) => toStageInput(stage, dependencies.stepImage)),
    parameters: { FLOW_RUN: run.id, FLOW_RUN_NUMBER: String(run.number), FLOW_BRANCH: run.branch, CI: 'true' },
    timeoutSeconds: segment.pipeline.timeoutSeconds,
    serviceAccountName: pipelineAccount,
    checkout: { repositoryUrl: run.service.repositoryUrl, commitSha: run.commitSha },
  };
}

function toStageInput(stage: PlannedStage, stepImage: string): StageInput {
  const { key, needs } = stage;
  const toStep = (step: Extract<PlannedStage, { kind: 'steps' }>['steps'][number]) => {
    const { name: _name, image, evidence, ...rest } = step;
    return { ...rest, image: image ?? stepImage, outputs: evidence ? [evidenceOutput] : [] };
  };
  switch (stage.kind) {
    case 'steps':
      return { kind: 'steps', key, needs, steps: stage.steps.map(toStep) };
    case 'publish': {
      const step = toStep(stage.step);
      return { kind: 'publish', key, needs, step: { ...step, env: { ...step.env, FLOW_IMAGE: stage.repository } } };
    }
    case 'deploy':
    case 'approval':
      return { kind: 'gate', key, needs, outputs: [] };
  }
}
