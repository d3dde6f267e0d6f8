import { usualLoadOfFreeze, usualLoadOfRule, usualWeeksMs } from '@flow/core/foresight';
import type { UsualLoad } from '@flow/core/foresight';
import { FlowError } from '@flow/core/fault';
import { prepareRule, readingOf } from '@flow/core/rule';
import type { PastVerdict, Rule } from '@flow/core/rule';
import { readPast } from '@flow/db/verdict';
import type { PastQuery } from '@flow/db/verdict';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { readDraft } from '../policy/index.ts';

export const foreseeDraftInput = z.strictObject({
  kind: z.enum(['rule', 'freeze']),
  /** As it stands in the form; its title may still be missing. */
  document: z.record(z.string(), z.json()),
});

/** Read at once, and at most: of a tenant with more starts in four weeks, the newest tell enough. */
const readAtOnce = 1_000;
const startsMax = 10_000;

/** Whom, and how many of the usual deployments, a rule or a freeze that is being written will hold. */
export async function foreseeDraft(ctx: OperationContext, input: z.input<typeof foreseeDraftInput>): Promise<UsualLoad> {
  requireRight(ctx, 'policy:read');
  const { kind, document } = parseInput(foreseeDraftInput, input);
  const title = document['title'] === '' ? 'A draft' : (document['title'] ?? 'A draft');
  const draft = await readDraft(ctx, ctx.db.prisma, { kind, document: { ...document, title }, id: 'draft', revision: 1 });
  switch (draft.kind) {
    case 'rule':
      return usualLoadOfRule(draft.rule, await readUsual(ctx, readingFor(draft.rule)), ctx.now);
    case 'freeze':
      return usualLoadOfFreeze(draft.freeze, await readUsual(ctx, { moments: ['started'], readsOthers: false }), ctx.now);
    default:
      throw new FlowError({ code: 'internal', message: `A draft of a ${kind} was read as something else` });
  }
}

type Reading = Pick<PastQuery, 'moments' | 'readsOthers'>;

function readingFor(rule: Rule): Reading {
  const prepared = prepareRule(rule);
  return readingOf(rule, prepared.ok ? prepared.condition.inputs : []);
}

/** The starts of the last weeks, newest first. */
async function readUsual(ctx: OperationContext, reading: Reading): Promise<readonly PastVerdict[]> {
  const since = new Date(ctx.now.getTime() - usualWeeksMs);
  const found: PastVerdict[] = [];
  let before: PastQuery['before'] = null;
  do {
    const query: PastQuery = { ...reading, serviceIds: [], environmentIds: [], before, limit: readAtOnce };
    const part = await readPast(ctx.db, ctx.tenantId, query);
    found.push(...part.verdicts);
    before = part.next !== null && part.next.at >= since ? part.next : null;
  } while (before !== null && found.length < startsMax);
  return found;
}
