import { questionState } from '@flow/core/external-check';
import type { QuestionState } from '@flow/core/external-check';
import { platformTenantId } from '../audit/index.ts';
import type { Database, Tx } from '../client/index.ts';
import { wake } from '../jobs/index.ts';

/** What a question is about, and of whom it is asked. */
export interface QuestionSubject {
  externalId: string;
  deploymentId: string;
  digest: string;
  configurationHash: string;
}

export interface QuestionRow extends QuestionSubject {
  id: string;
  /** Of whom it is asked. */
  name: string;
  state: QuestionState;
  attempts: number;
  said: string;
  askedAt: Date;
  askedByName: string;
  nextAt: Date | null;
  answerId: string | null;
}

const selected = {
  id: true,
  externalId: true,
  deploymentId: true,
  digest: true,
  configurationHash: true,
  state: true,
  attempts: true,
  said: true,
  askedAt: true,
  askedByName: true,
  nextAt: true,
  answerId: true,
  check: { select: { name: true } },
} as const;

type Stored = Omit<QuestionRow, 'name' | 'state'> & { state: string; check: { name: string } };

function toQuestion({ check, ...row }: Stored): QuestionRow {
  return { ...row, name: check.name, state: questionState.parse(row.state) };
}

function placeOf({ externalId, deploymentId, configurationHash }: QuestionSubject): string {
  return `${externalId}/${deploymentId}/${configurationHash}`;
}

/** One question, or null. */
export async function findQuestion(reader: Tx, tenantId: string, id: string): Promise<QuestionRow | null> {
  const row = await reader.externalQuestion.findUnique({ where: { tenantId_id: { tenantId, id } }, select: selected });
  return row === null ? null : toQuestion(row);
}

/** The question that stands for this service and content, or null when it was never asked. */
export async function findStandingQuestion(reader: Tx, tenantId: string, of: QuestionSubject): Promise<QuestionRow | null> {
  const row = await reader.externalQuestion.findFirst({ where: { tenantId, standsFor: placeOf(of) }, select: selected });
  return row === null ? null : toQuestion(row);
}

/** The questions about a deployment that stand, newest first: none of those that were asked again. */
export async function listQuestions(reader: Tx, tenantId: string, deploymentId: string): Promise<QuestionRow[]> {
  const rows = await reader.externalQuestion.findMany({
    where: { tenantId, deploymentId, standsFor: { not: null } },
    select: selected,
    orderBy: [{ askedAt: 'desc' }, { id: 'desc' }],
    take: 100,
  });
  return rows.map(toQuestion);
}

/** Where a call-back belongs, with what proves it; ids are unique over all tenants, and the signature decides whether the sender may speak. platform-wide: a call-back names no tenant. */
export async function findQuestionDoor(
  db: Database,
  id: string,
): Promise<{ tenantId: string; externalId: string; sealedSecret: string } | null> {
  const row = await db.prisma.externalQuestion.findFirst({
    where: { id, check: { removedAt: null } },
    select: { tenantId: true, externalId: true, check: { select: { sealedSecret: true } } },
  });
  return row === null ? null : { tenantId: row.tenantId, externalId: row.externalId, sealedSecret: row.check.sealedSecret };
}

/** Asks a service of the tenant or of the platform, and wakes whoever calls. False when somebody else has asked the same at this moment. */
export async function insertQuestion(
  tx: Tx,
  tenantId: string,
  { isOfPlatform, ...asked }: QuestionSubject & { id: string; isOfPlatform: boolean; askedAt: Date; askedByName: string },
): Promise<boolean> {
  const checkTenantId = isOfPlatform ? platformTenantId : tenantId;
  const { count } = await tx.externalQuestion.createMany({
    data: [
      { tenantId, checkTenantId, ...asked, state: 'waiting' satisfies QuestionState, nextAt: asked.askedAt, standsFor: placeOf(asked) },
    ],
    skipDuplicates: true,
  });
  if (count === 1) await wake(tx, { kind: 'externalCheck', key: asked.id, tenantId, runAt: asked.askedAt });
  return count === 1;
}
