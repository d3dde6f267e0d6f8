import { describeEvidence, judgeGate } from '@flow/core/gate';
import type { CheckAnswer, Evidence, EvidenceKind, Gate, GateAnswer, GateCheck, GateState } from '@flow/core/gate';
import { matchesScope } from '@flow/core/rule';
import { findArtifact } from '@flow/db/artifact';
import { findService, listEnvironments } from '@flow/db/catalog';
import { listEvidence } from '@flow/db/evidence';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { stageEvidence } from '../verdict/load-evidence.ts';
import { placeOf } from '../verdict/load-governance.ts';
import { loadAllPolicies } from '../verdict/load-policies.ts';

export const judgeArtifactInput = z.strictObject({ artifactId: z.string().min(1).max(64) });

/** A piece of evidence as it is shown. */
export interface ShownEvidence {
  id: string;
  kind: EvidenceKind;
  said: string;
  by: string;
  link: string;
  recordedAt: Date;
  expiresAt: Date | null;
}

/** A check with what it was judged by; of a checklist each item with whoever ticked it. */
export interface JudgedCheck extends Omit<CheckAnswer, 'evidenceIds'> {
  kind: EvidenceKind;
  evidence: ShownEvidence[];
  items: { item: string; tickedBy: string | null; tickedAt: Date | null }[];
}

export interface JudgedGate {
  id: string;
  title: string;
  owner: string;
  enforcement: Gate['enforcement'];
  state: GateState;
  /** The environments that it stands before, by name. */
  before: string[];
  checks: JudgedCheck[];
}

/** Every gate that an artifact meets on its way, each check with its evidence, and all that was ever said of the artifact, newest first. */
export async function judgeArtifact(
  ctx: OperationContext,
  input: z.input<typeof judgeArtifactInput>,
): Promise<{ gates: JudgedGate[]; evidence: ShownEvidence[] }> {
  requireRight(ctx, 'artifact:read');
  const { artifactId } = parseInput(judgeArtifactInput, input);
  const reader = ctx.db.prisma;
  const artifact = await findArtifact(reader, ctx.tenantId, artifactId);
  const service = artifact === null ? null : await findService(reader, ctx.tenantId, artifact.serviceId);
  if (artifact === null || service === null) throw notFound('artifact');
  const reported = await listEvidence(reader, ctx.tenantId, artifact);
  const stages = await stageEvidence(reader, ctx.tenantId, { artifact, now: ctx.now });
  const shown = [...reported, ...stages.map((found) => ({ found, link: '' }))].map(toShown);
  const all = [...reported.map(({ found }) => found), ...stages];
  const environments = (await listEnvironments(reader, ctx.tenantId)).filter(({ archivedAt }) => archivedAt === null);
  const places = environments.map((environment) => ({ name: environment.name, place: placeOf(ctx.tenantId, service, environment) }));
  const { gates } = await loadAllPolicies(reader, ctx.tenantId);
  const judged = gates
    .filter(({ enforcement }) => enforcement !== 'off')
    .map((gate) => {
      const before = places.filter(({ place }) => matchesScope(gate.scope, place)).map(({ name }) => name);
      const answer = judgeGate(gate, all, { digest: artifact.digest, configurationHash: null, now: ctx.now });
      return toJudged(gate, { before, answer, all, shown });
    });
  return { gates: judged.filter(({ before }) => before.length > 0), evidence: shown };
}

function toShown({ found, link }: { found: Evidence; link: string }): ShownEvidence {
  const { id, kind, by, recordedAt, expiresAt } = found;
  return { id, kind, said: describeEvidence(found), by, link, recordedAt, expiresAt };
}

interface Known {
  before: string[];
  answer: GateAnswer;
  all: readonly Evidence[];
  shown: readonly ShownEvidence[];
}

function toJudged(gate: Gate, { before, answer, all, shown }: Known): JudgedGate {
  const { id, title, owner, enforcement } = gate;
  const checks = gate.checks.flatMap((check): JudgedCheck[] => {
    const found = answer.checks.find(({ key }) => key === check.key);
    if (found === undefined) return [];
    const { evidenceIds, ...said } = found;
    const evidence = shown.filter((one) => evidenceIds.includes(one.id));
    return [{ ...said, kind: check.kind, evidence, items: itemsOf(check, evidenceIds, all) }];
  });
  return { id, title, owner: owner.name, enforcement, state: answer.state, before, checks };
}

function itemsOf(check: GateCheck, evidenceIds: readonly string[], all: readonly Evidence[]): JudgedCheck['items'] {
  if (check.kind !== 'checklist') return [];
  return check.items.map((item) => {
    const tick = all.find((one) => one.kind === 'checklist' && one.item === item && evidenceIds.includes(one.id));
    return { item, tickedBy: tick?.by ?? null, tickedAt: tick?.recordedAt ?? null };
  });
}
