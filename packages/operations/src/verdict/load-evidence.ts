import { describeQuestion } from '@flow/core/external-check';
import type { Evidence } from '@flow/core/gate';
import { stageState } from '@flow/core/pipeline';
import type { StageState } from '@flow/core/pipeline';
import { findArtifact } from '@flow/db/artifact';
import type { ArtifactDetail } from '@flow/db/artifact';
import type { Tx } from '@flow/db/client';
import { listEvidence } from '@flow/db/evidence';
import { listQuestions } from '@flow/db/external-check';
import { listStageEnds } from '@flow/db/facts';

/** What gates look at for an artifact: what was reported of it, and the stages of the run that built it. */
export async function loadEvidence(reader: Tx, tenantId: string, about: { artifactId: string | null; now: Date }): Promise<Evidence[]> {
  const artifact = about.artifactId === null ? null : await findArtifact(reader, tenantId, about.artifactId);
  if (artifact === null) return [];
  const reported = await listEvidence(reader, tenantId, artifact);
  return [...reported.map(({ found }) => found), ...(await stageEvidence(reader, tenantId, { artifact, now: about.now }))];
}

/** How far the outside services are that were asked about a deployment and have not answered; their answers are kept as evidence. */
export async function questionEvidence(reader: Tx, tenantId: string, deploymentId: string): Promise<Evidence[]> {
  const questions = await listQuestions(reader, tenantId, deploymentId);
  return questions.flatMap((question): Evidence[] => {
    if (question.state === 'answered') return [];
    const { id, digest, externalId, name, configurationHash, askedAt: recordedAt } = question;
    const result = question.state === 'silent' ? 'silent' : 'waiting';
    const head = { id, digest, recordedAt, expiresAt: null, by: name };
    return [{ kind: 'external', ...head, externalId, name, configurationHash, result, detail: describeQuestion(question) }];
  });
}

/** The stages of the run that built it. */
export async function stageEvidence(
  reader: Tx,
  tenantId: string,
  { artifact, now }: { artifact: Pick<ArtifactDetail, 'runId' | 'digest' | 'createdAt'>; now: Date },
): Promise<Evidence[]> {
  if (artifact.runId === null) return [];
  const stages = await listStageEnds(reader, tenantId, artifact.runId);
  const ends = stages.map((stage) => [stage.key, ended[stageState.parse(stage.state)]] as const);
  const newest = Math.max(artifact.createdAt.getTime(), ...stages.map((stage) => stage.finishedAt?.getTime() ?? 0));
  return [
    {
      kind: 'stages',
      id: artifact.runId,
      digest: artifact.digest,
      recordedAt: new Date(Math.min(newest, now.getTime())),
      expiresAt: null,
      by: 'the run that built it',
      stages: Object.fromEntries(ends.flatMap(([key, state]) => (state === null ? [] : [[key, state] as const]))),
    },
  ];
}

/** How a gate sees a stage; null for one that has not begun. */
const ended = {
  pending: null,
  running: 'running',
  waiting: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'skipped',
} as const satisfies Record<StageState, string | null>;
