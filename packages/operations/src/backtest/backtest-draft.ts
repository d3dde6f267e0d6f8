import { addTallies, backtestTally, emptyTally } from '@flow/core/backtest';
import type { BacktestTally } from '@flow/core/backtest';
import { FlowError } from '@flow/core/fault';
import { backtestRule, prepareRule, readingOf } from '@flow/core/rule';
import type { Rule } from '@flow/core/rule';
import { decodePlace, encodePlace } from '@flow/db/paging';
import { countPast, readPast } from '@flow/db/verdict';
import type { PastQuery } from '@flow/db/verdict';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { readDraft } from '../policy/index.ts';

export const backtestDraftInput = z.strictObject({
  /** A rule as it would be saved. */
  document: z.record(z.string(), z.json()),
  /** Where the part before ended; left out for the first one. */
  cursor: z.string().min(1).max(300).optional(),
});

/** One part of a backtest: newest first, to be put together with the parts before it. */
export const backtestPart = z.strictObject({
  tally: backtestTally,
  /** How many starts there are in all; with the first part only. */
  total: z.number().int().nullable(),
  /** Where the next part begins; null when this was the last. */
  nextCursor: z.string().nullable(),
});
export type BacktestPart = z.infer<typeof backtestPart>;

/** Read at once: so long that the database is asked seldom, so short that nobody else waits for the processor meanwhile. */
const readAtOnce = 1_000;
/** Looked at in one call: the first is answered within a moment, the others carry the load. */
const firstPart = 4_000;
const furtherPart = 20_000;

/**
 * Runs a draft of a rule over a part of the recorded past of the tenant: what it would have stopped, and what became of that. Nothing is kept and nothing
 * waits: whoever stops asking has ended it.
 */
export async function backtestDraft(ctx: OperationContext, input: z.input<typeof backtestDraftInput>): Promise<BacktestPart> {
  requireRight(ctx, 'policy:read');
  const { document, cursor } = parseInput(backtestDraftInput, input);
  const rule = await readRule(ctx, document);
  const reading = readingFor(rule);
  const isFirst = cursor === undefined;
  let [tally, before, left]: [BacktestTally, PastQuery['before'], number] = [
    emptyTally,
    isFirst ? null : decodePlace(cursor),
    isFirst ? firstPart : furtherPart,
  ];
  let reads = readPast(ctx.db, ctx.tenantId, { ...reading, before, limit: readAtOnce });
  for (;;) {
    const { verdicts, next } = await reads;
    left -= readAtOnce;
    before = next;
    // The next part is put together by Postgres while this one is judged here.
    if (next !== null && left > 0) reads = readPast(ctx.db, ctx.tenantId, { ...reading, before: next, limit: readAtOnce });
    tally = addTallies(tally, backtestRule(rule, verdicts));
    if (next === null || left <= 0) break;
  }
  const total = isFirst ? await countPast(ctx.db, ctx.tenantId, reading) : null;
  return { tally, total, nextCursor: before === null ? null : encodePlace(before) };
}

async function readRule(ctx: OperationContext, document: Record<string, z.core.util.JSONType>): Promise<Rule> {
  const policy = await readDraft(ctx, ctx.db.prisma, { kind: 'rule', document, id: 'draft', revision: 1 });
  if (policy.kind === 'rule') return policy.rule;
  throw new FlowError({ code: 'internal', message: 'A draft of a rule was read as something else' });
}

function readingFor(rule: Rule): Pick<PastQuery, 'moments' | 'readsOthers' | 'serviceIds' | 'environmentIds'> {
  const prepared = prepareRule(rule);
  const { serviceIds, environmentIds } = rule.scope;
  return { ...readingOf(rule, prepared.ok ? prepared.condition.inputs : []), serviceIds, environmentIds };
}
