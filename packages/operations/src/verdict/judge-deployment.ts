import type { DeploymentState, Plan } from '@flow/core/deployment';
import type { InFlight } from '@flow/core/deployment';
import { externalsToAsk } from '@flow/core/gate';
import type { RunSubject } from '@flow/core/guardrail';
import { analysisView } from '@flow/core/rollout';
import type { AnalysisView } from '@flow/core/rollout';
import { reachOf } from '@flow/core/queue';
import type { Reach } from '@flow/core/queue';
import { evaluate, exemptionsInEffect, judgeMoving, quarantineSentence, saidOf } from '@flow/core/verdict';
import type { DeploymentRequest, Governance, Said, Verdict, VerdictContext } from '@flow/core/verdict';
import { applies } from '@flow/core/rule';
import type { RuleFacts } from '@flow/core/rule';
import type { Tx } from '@flow/db/client';
import { listMovingAnalyses } from '@flow/db/facts';
import { z } from 'zod';
import { loadPolicies } from './load-policies.ts';
import { loadVerdictContext, loadWholeContext } from './load-verdict-context.ts';
import type { AskedFor } from './load-verdict-context.ts';

/** A deployment as far as the rules look at it. */
export interface JudgedDeployment {
  id: string;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  kind: string;
  state: DeploymentState;
  invoker: string;
  plan: Plan;
  /** Empty before it is prepared. */
  snapshotHash: string;
  /** User id of whoever asked for it; null for Flow. */
  requestedBy: string | null;
  requestedByName: string;
  createdAt: Date;
  /** It was asked to start then, not earlier. */
  notBefore: Date | null;
  /** What its manifests say, as they were rendered; null before. */
  workload: AskedFor['workload'];
  /** When it began to change anything; null before. */
  startedAt: Date | null;
  targets: readonly { region: string; state: string; podHash: string | null; analyses: readonly AnalysisView[] }[];
}

export interface Judgement {
  verdict: Verdict;
  /** What governance does to it while it moves. */
  inFlight: InFlight;
  /** When time alone may change that; null when it cannot. */
  lookAgainAt: Date | null;
  /** How much of what other starts change the verdict has looked at. */
  reach: Reach;
  /** What is kept of the verdict. */
  said: readonly Said[];
  /** What was looked at; null where nothing was, since nothing is in force. */
  facts: RuleFacts | null;
  /** The outside services whose answer about this content is needed and that were not asked yet. */
  toAsk: readonly string[];
}

/** The verdict on a deployment at this moment, by the same function and context as every preview. */
export async function judgeDeployment(
  reader: Tx,
  tenantId: string,
  judged: { deployment: JudgedDeployment; now: Date; isWhole?: boolean },
): Promise<Judgement> {
  const { deployment } = judged;
  const kind = deployment.kind === 'rollback' ? 'rollback' : 'deploy';
  const request: DeploymentRequest = {
    deploymentId: deployment.id,
    kind,
    subjectHash: deployment.snapshotHash === '' ? null : deployment.snapshotHash,
  };
  const asked = askedOf(judged);
  const context = await loadFor(reader, tenantId, { asked, isWhole: judged.isWhole === true });
  const neighbours = await neighbourMetrics(reader, tenantId, context);
  const { governance } = context;
  const verdict = evaluate(request, context);
  return {
    verdict,
    ...movingOf(context, asked, { ...judged, request, neighbours }),
    reach: governance === undefined ? 'own' : reachOf(governance.policies, governance.place),
    said: saidOf(verdict, context),
    facts: governance?.facts ?? null,
    toAsk: governance === undefined ? [] : toAskOf(governance, asked, request),
  };
}

function toAskOf(
  { policies, place, facts, evidence }: Governance,
  { action, invoker, now }: AskedFor,
  request: DeploymentRequest,
): string[] {
  const gates = policies.gates.covering(place).filter(({ appliesTo }) => applies(appliesTo, action, invoker));
  return externalsToAsk(gates, evidence, { digest: facts.artifact.digest, configurationHash: request.subjectHash, now });
}

/** What is to be kept is loaded whole, whether anything that is in force looks at it or not. */
async function loadFor(reader: Tx, tenantId: string, { asked, isWhole }: { asked: AskedFor; isWhole: boolean }): Promise<VerdictContext> {
  if (!isWhole) return loadVerdictContext(reader, tenantId, asked);
  return loadWholeContext(reader, tenantId, { asked, policies: await loadPolicies(reader, tenantId) });
}

interface Moving {
  deployment: JudgedDeployment;
  request: DeploymentRequest;
  now: Date;
  neighbours: RunSubject['metrics'];
}

/** A deployment that has not begun, and one that nothing governs, is left to itself. */
function movingOf(
  context: VerdictContext,
  asked: AskedFor,
  { deployment, request, now, neighbours }: Moving,
): Pick<Judgement, 'inFlight' | 'lookAgainAt'> {
  const { governance, quarantine = null } = context;
  if (deployment.startedAt === null) return { inFlight: { kind: 'go' }, lookAgainAt: null };
  // What is bad takes over nowhere: where it has begun to, what ran before comes back.
  if (quarantine !== null) return { inFlight: { kind: 'rollBack', sentence: quarantineSentence(quarantine) }, lookAgainAt: null };
  if (governance === undefined) return { inFlight: { kind: 'go' }, lookAgainAt: null };
  return judgeMoving(governance.policies, {
    place: governance.place,
    invoker: asked.invoker,
    startedAt: deployment.startedAt,
    now,
    exemptions: exemptionsInEffect(request, context, governance),
    metrics: [
      ...deployment.targets.flatMap((target) => metricsOf(target, { name: governance.facts.service.name, of: 'service' })),
      ...neighbours,
    ],
    failedRegions: deployment.targets.filter((target) => target.state === 'failed').map((target) => target.region),
  });
}

/** What is measured in the same environment of the services that this one calls, and of those that call it; asked only when a guardrail looks at it. */
async function neighbourMetrics(reader: Tx, tenantId: string, { governance }: VerdictContext): Promise<RunSubject['metrics']> {
  if (governance === undefined) return [];
  const guardrails = governance.policies.guardrails.covering(governance.place);
  if (!guardrails.some((guardrail) => guardrail.run.metrics.some((limit) => limit.of === 'neighbour'))) return [];
  const { service, environment } = governance.facts;
  const serviceIds = [...service.dependencies, ...service.dependents];
  const rows = await listMovingAnalyses(reader, tenantId, { serviceIds, environmentId: environment.id });
  return rows.flatMap(({ deployment, analyses, ...target }) =>
    metricsOf({ ...target, analyses: z.array(analysisView).parse(analyses) }, { name: deployment.service.name, of: 'neighbour' }),
  );
}

/** The newest value of each metric that was measured of the new revision. */
function metricsOf(
  target: { region: string; podHash: string | null; analyses: readonly AnalysisView[] },
  service: { name: string; of: 'service' | 'neighbour' },
): RunSubject['metrics'] {
  return target.analyses
    .filter((analysis) => analysis.podHash === target.podHash)
    .flatMap((analysis) => analysis.metrics)
    .flatMap((metric) => {
      const value = metric.measurements.at(-1)?.value ?? null;
      return value === null ? [] : [{ metric: metric.name, of: service.of, serviceName: `${service.name} in ${target.region}`, value }];
    });
}

/** What is asked for by a deployment at this moment: its start, its next wave or step. */
export function askedOf({ deployment, now }: { deployment: JudgedDeployment; now: Date }): AskedFor {
  const { id: deploymentId, serviceId, environmentId, artifactId, state, plan, workload } = deployment;
  const isRollback = deployment.kind === 'rollback';
  const hasBegun = state === 'deploying' || state === 'baking' || state === 'paused';
  return {
    deploymentId,
    repeatsId: null,
    serviceId,
    environmentId,
    artifactId,
    plan,
    workload,
    now,
    kind: isRollback ? 'rollback' : 'deploy',
    action: isRollback ? 'rollback' : hasBegun ? 'advance' : 'create',
    invoker: deployment.invoker === 'automation' ? 'automation' : 'person',
    by: deployment.requestedByName,
    // Between two waves the next one is in question; within one, the step or the next of its regions.
    beginsWave: state !== 'deploying',
    line: { askedAt: deployment.createdAt, askedBy: deployment.requestedBy, notBefore: deployment.notBefore },
  };
}
