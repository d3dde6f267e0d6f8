import type { PlannedPipeline } from '@flow/core/pipeline';
import { byWorker, insertAuditEntry } from '../audit/index.ts';
import { inTransaction } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { appendEvents } from '../events/index.ts';

interface RunKey {
  tenantId: string;
  id: string;
}

/** Keeps the definition of the commit with its stages and the first segment. Safe to repeat. */
export async function savePlannedRun(
  db: Database,
  run: RunKey,
  planned: { pipeline: PlannedPipeline; workflowName: string; namespace: string; ordinal: number },
): Promise<void> {
  const { pipeline } = planned;
  await inTransaction(db, async (tx) => {
    await tx.pipelineRun.updateMany({ where: { tenantId: run.tenantId, id: run.id }, data: { definition: pipeline } });
    await tx.stageRun.createMany({
      skipDuplicates: true,
      data: pipeline.stages.map((stage, position) => ({
        tenantId: run.tenantId,
        runId: run.id,
        key: stage.key,
        name: stage.key,
        kind: stage.kind,
        position,
        needs: stage.needs,
        state: 'pending',
      })),
    });
    const { workflowName, namespace, ordinal } = planned;
    await tx.runSegment.upsert({
      where: { tenantId_runId_ordinal: { tenantId: run.tenantId, runId: run.id, ordinal } },
      create: {
        tenantId: run.tenantId,
        runId: run.id,
        ordinal,
        workflowName,
        namespace,
        stageKeys: pipeline.stages.map((stage) => stage.key),
        state: 'intended',
      },
      update: { workflowName, namespace },
    });
  });
}

/** Keeps what the commit says of itself, where the push did not. */
export async function saveCommit(db: Database, run: RunKey, commit: { message: string; author: string }): Promise<void> {
  await db.prisma.pipelineRun.updateMany({
    where: { tenantId: run.tenantId, id: run.id, commitMessage: '' },
    data: { commitMessage: commit.message.slice(0, 200), commitAuthor: commit.author.slice(0, 200) },
  });
}

export interface NewArtifact {
  tenantId: string;
  id: string;
  serviceId: string;
  /** Null for one that was not built by a run of Flow. */
  runId: string | null;
  version: string;
  repository: string;
  digest: string;
  commitSha: string;
  commitMessage: string;
  commitAuthor: string;
  chartVersion: string;
  createdAt: Date;
}

/** Records the artifact of a run: the same digest of the same commit is the same artifact, however many runs publish it. */
export async function saveArtifact(db: Database, artifact: NewArtifact): Promise<void> {
  const { tenantId, serviceId, runId, id, version, digest } = artifact;
  await inTransaction(db, async (tx) => {
    const { count } = await tx.artifact.createMany({ data: [artifact], skipDuplicates: true });
    const content = { tenantId, serviceId, digest, commitSha: artifact.commitSha };
    const published = await tx.artifact.findUniqueOrThrow({
      where: { tenantId_serviceId_digest_commitSha: content },
      select: { id: true },
    });
    // Where the history was not read, the commit is known all the same.
    const { commitSha: sha, commitMessage: message, commitAuthor: author, createdAt: committedAt } = artifact;
    await tx.commit.createMany({ data: [{ tenantId, serviceId, sha, message, author, committedAt }], skipDuplicates: true });
    if (runId !== null) await tx.pipelineRun.updateMany({ where: { tenantId, id: runId }, data: { artifactId: published.id } });
    if (count === 0) return;
    await appendEvents(tx, [
      {
        tenantId,
        topics: [`service:${serviceId}`, ...(runId === null ? [] : [`run:${runId}`]), `tenant:${tenantId}`],
        type: 'artifact.created',
        data: { artifactId: id, serviceId, version, digest },
      },
    ]);
    await insertAuditEntry(tx, tenantId, {
      ...byWorker,
      id: `${id}-created`,
      at: artifact.createdAt,
      action: 'artifact.create',
      subject: `artifact:${id}`,
      summary: `Published ${version} (${digest.slice(0, 19)}…)`,
      after: { version, digest },
    });
  });
}

/** Ties a deploy stage to the deployment that was asked for. */
export async function saveStageDeployment(db: Database, run: RunKey, stage: { key: string; deploymentId: string }): Promise<void> {
  await db.prisma.stageRun.updateMany({
    where: { tenantId: run.tenantId, runId: run.id, key: stage.key },
    data: { deploymentId: stage.deploymentId },
  });
}
