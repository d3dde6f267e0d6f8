/** Code as it should be: every check passes on it, so a failure beside it comes from what was planted. */
export const cleanFiles: Readonly<Record<string, string>> = {
  'packages/core/src/approval/vote.ts': `/** A vote on one configuration. */
export interface Vote {
  readonly configurationHash: string;
  readonly approves: boolean;
}

/** How many votes of the configuration approve it. A vote for another configuration counts for nothing. */
export function approvalCount(votes: readonly Vote[], configurationHash: string): number {
  return votes.filter((vote) => vote.approves && vote.configurationHash === configurationHash).length;
}
`,
  'packages/core/src/approval/index.ts': `export * from './vote.ts';
`,
  'packages/core/src/approval/vote.test.ts': `import { expect, it } from 'vitest';
import { approvalCount } from './vote.ts';

it('counts a vote for one configuration only', () => {
  expect(approvalCount([{ configurationHash: 'a', approves: true }], 'b')).toBe(0);
});
`,
  'packages/operations/src/approval/approve.ts': `interface Tx {
  saveVote(id: string): Promise<void>;
  appendEvent(type: string): Promise<void>;
}

interface Ctx {
  requireRight(right: string): void;
  inTransaction(work: (tx: Tx) => Promise<void>): Promise<void>;
}

/** Gives a vote. Refused without the right to approve. */
export async function approve(ctx: Ctx, input: { id: string }): Promise<void> {
  ctx.requireRight('deployment.approve');
  await ctx.inTransaction(async (tx) => {
    await tx.saveVote(input.id);
    await tx.appendEvent('approval.changed');
  });
}
`,
  'packages/operations/src/approval/count.ts': `interface Database {
  readonly prisma: object;
}

/** How many votes there are, by a query function that reads with what it is handed. */
export function count(db: Database, query: (reader: object) => number): number {
  return query(db.prisma);
}
`,
  'packages/operations/src/approval/index.ts': `export * from './approve.ts';
export * from './count.ts';
`,
  'packages/db/src/approval/save-vote.ts': `interface Tx {
  readonly approvalRequest: { update(options: { where: object; data: { state: string } }): Promise<void> };
}

/** Writes the state of a request. */
export async function saveVote(tx: Tx, state: string): Promise<void> {
  await tx.approvalRequest.update({ where: {}, data: { state } });
}
`,
  'packages/db/src/approval/find-vote.ts': `interface Database {
  find(tenantId: string, id: string): Promise<string>;
}

/** A vote of the tenant. */
export async function findVote(db: Database, tenantId: string, id: string): Promise<string> {
  return await db.find(tenantId, id);
}

/** Every vote there is; platform-wide: it counts for the usage page of the installation. */
export async function countVotes(db: Database): Promise<string> {
  return await db.find('', '');
}
`,
  'packages/db/src/approval/index.ts': `export * from './find-vote.ts';
export * from './save-vote.ts';
`,
  'packages/api/src/door/env.ts': `/** Port of the door, 3000 unless set. */
export const port = Number(process.env['PORT'] ?? '3000');
`,
  'packages/api/src/door/index.ts': `export * from './env.ts';
`,
  'packages/delivery/src/json/parse.ts': `/** Text of a field; the caller has checked that it is a string. */
export function textOf(value: unknown): string {
  // Checked by the caller, who holds the schema.
  return value as string;
}
`,
  'packages/delivery/src/json/index.ts': `export * from './parse.ts';
`,
  'packages/ui/src/label/label.tsx': `/** A short text beside a control. */
export function Label({ text }: { text: string }) {
  return <span>{text}</span>;
}
`,
  'packages/ui/src/label/index.ts': `export * from './label.tsx';
`,
  'packages/core/src/rule/window.ts': `const days = ['monday', 'sunday'] as const;

/** The day on which a moment falls, in UTC. */
export function dayOf(at: string): number {
  return new Date(at).getUTCDay() % days.length;
}
`,
  'packages/core/src/rule/index.ts': `export * from './window.ts';
`,
  'packages/delivery/src/cluster/ask.ts': `const answerTimeoutMs = 5000;

/** Asks a cluster for its version; ends after five seconds. */
export async function ask(url: string): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answerTimeoutMs) });
  return response.status;
}
`,
  'packages/delivery/src/cluster/system-clock.ts': `/** The real time. */
export const systemClock = (): Date => new Date();
`,
  'packages/delivery/src/cluster/index.ts': `export * from './ask.ts';
export * from './system-clock.ts';
`,
  'e2e/src/waiting/eventually.ts': `/** Waits until the condition holds. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
`,
  'apps/web/src/app/(portal)/t/[tenant]/page.tsx': `import { RunCount } from '../../../../features/run/run-count.tsx';

export default function Page() {
  return <RunCount count={1} />;
}
`,
  'apps/web/src/features/run/run-count.tsx': `'use client';

import type { Router } from '@flow/api/router';

/** What the portal calls. */
export type PortalRouter = Router;

/** How many runs there are. */
export function RunCount({ count }: { count: number }) {
  return <p className="text-muted">Update and select from {count} runs</p>;
}
`,
};
