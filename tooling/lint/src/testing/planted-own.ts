import type { Planted } from './planted.ts';

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

/** A violation of each of Flow's own rules; several where a rule holds several things. */
export const plantedOwn: readonly Planted[] = [
  { rule: 'flow/banned-name', file: 'packages/core/src/utils/one.ts', text: 'export const one = 1;\n' },
  { rule: 'flow/banned-name', file: 'packages/core/src/deployment/plan-helpers.ts', text: 'export const one = 1;\n' },
  { rule: 'flow/banned-name', file: 'packages/core/src/BadFolder/one.ts', text: 'export const one = 1;\n' },
  {
    rule: 'flow/bounded-call',
    file: 'packages/delivery/src/helm/ask.ts',
    text: lines('export async function ask(): Promise<Response> {', "  return await fetch('http://127.0.0.1');", '}'),
  },
  { rule: 'flow/browser-imports', file: 'packages/ui/src/button/server.ts', text: "export { readFile } from 'node:fs';\n" },
  {
    rule: 'flow/browser-imports',
    file: 'apps/web/src/features/run/run-list.tsx',
    text: lines("'use client';", "import { router } from '@flow/api/router';", 'export const Run = () => router;'),
  },
  {
    rule: 'flow/browser-imports',
    file: 'apps/web/src/features/run/run-page.tsx',
    text: lines("'use client';", "import { auth } from '../../server/auth.ts';", 'export const Run = () => auth;'),
  },
  {
    rule: 'flow/colour-token',
    file: 'packages/ui/src/label/red.tsx',
    text: 'export const Red = () => <p className=' + '"p-2 dark:bg-red-500"' + ' />;\n',
  },
  { rule: 'flow/colour-token', file: 'apps/web/src/features/run/hex.tsx', text: "export const colour = '#ff0000';\n" },
  { rule: 'flow/entry-point', file: 'packages/core/src/index.ts', text: "export * from './deployment.ts';\n" },
  { rule: 'flow/entry-point', file: 'packages/core/src/approval/index.ts', text: "export * from '../deployment/state.ts';\n" },
  { rule: 'flow/entry-point', file: 'packages/core/src/verdict/index.ts', text: "export { z } from 'zod';\n" },
  { rule: 'flow/entry-point', file: 'packages/core/src/gate/index.ts', text: 'export const one = 1;\n' },
  { rule: 'flow/env-file', file: 'packages/api/src/door/secret.ts', text: "export const secret = process.env['SECRET'];\n" },
  {
    rule: 'flow/explained-suppression',
    file: 'packages/core/src/rule/quiet.ts',
    text: lines('// oxlint-disable-next-line no-eval', 'export const one = 1;'),
  },
  {
    rule: 'flow/guarded-cast',
    file: 'packages/core/src/rule/cast.ts',
    text: 'export const parse = (value: unknown): string => value as string;\n',
  },
  { rule: 'flow/injected-clock', file: 'packages/operations/src/run/when.ts', text: 'export const now = (): number => Date.now();\n' },
  { rule: 'flow/injected-clock', file: 'packages/db/src/run/when.ts', text: 'export const now = (): Date => new Date();\n' },
  { rule: 'flow/layer-imports', file: 'packages/core/src/rule/reach.ts', text: "export { parse } from 'ajv';\n" },
  { rule: 'flow/layer-imports', file: 'packages/api/src/run/reach.ts', text: "export { PrismaClient } from '@prisma/client';\n" },
  {
    rule: 'flow/prisma-in-db-only',
    file: 'packages/api/src/run/reach-client.ts',
    text: lines(
      'export interface Database { prisma: { run: { count(): number } } }',
      'export const count = (db: Database): number => db.prisma.run.count();',
    ),
  },
  {
    rule: 'flow/prisma-in-db-only',
    file: 'packages/operations/src/run/reach-rows.ts',
    text: lines('export interface Tx { run: { findMany(): number } }', 'export const count = (tx: Tx): number => tx.run.findMany();'),
  },
  { rule: 'flow/layer-imports', file: 'packages/api/src/run/reach-pool.ts', text: "export { Pool } from 'pg';\n" },
  { rule: 'flow/layer-imports', file: 'packages/operations/src/run/reach.ts', text: "export { Pool } from 'pg';\n" },
  { rule: 'flow/layer-imports', file: 'apps/web/src/server/reach.ts', text: "export { findRun } from '@flow/db/run';\n" },
  { rule: 'flow/layer-imports', file: 'apps/worker/src/main/reach.ts', text: "export { PrismaClient } from '@prisma/client';\n" },
  { rule: 'flow/layer-imports', file: 'packages/delivery/src/helm/whole.ts', text: "export { plan } from '@flow/core';\n" },
  {
    rule: 'flow/no-module-mock',
    file: 'packages/core/src/rule/mock.test.ts',
    text: lines("import { vi } from 'vitest';", "vi.mock('./evaluate.ts');"),
  },
  {
    rule: 'flow/no-plain-error',
    file: 'packages/operations/src/run/fail.ts',
    text: "export const fail = (): never => { throw new Error('no'); };\n",
  },
  { rule: 'flow/no-server-action', file: 'apps/web/src/features/run/action.ts', text: lines("'use server';", 'export const one = 1;') },
  {
    rule: 'flow/no-singleton',
    file: 'packages/db/src/run/singleton.ts',
    text: lines("import { Pool } from 'pg';", 'export const pool = new Pool();'),
  },
  {
    rule: 'flow/no-singleton',
    file: 'packages/operations/src/run/defaulted.ts',
    text: 'export const run = (input: string, db = input): string => db;\n',
  },
  {
    rule: 'flow/no-skipped-test',
    file: 'packages/core/src/rule/todo.test.ts',
    text: lines("import { it } from 'vitest';", "it.todo('a vote counts once');"),
  },
  {
    rule: 'flow/no-sleep-in-test',
    file: 'packages/core/src/rule/sleep.test.ts',
    text: 'await new Promise((done) => setTimeout(done, 100));\n',
  },
  {
    rule: 'flow/no-sleep-in-test',
    file: 'e2e/src/journeys/sleep.ts',
    text: lines("import { setTimeout } from 'node:timers/promises';", 'await setTimeout(100);'),
  },
  {
    rule: 'flow/no-sleep-in-test',
    file: 'e2e/src/journeys/page-sleep.ts',
    text: lines("import type { Page } from '@playwright/test';", 'export const wait = async (page: Page) => page.waitForTimeout(100);'),
  },
  {
    rule: 'flow/no-sql-outside-db',
    file: 'packages/operations/src/run/sql.ts',
    text: 'export const sql = `SELECT id FROM run WHERE id = ${String(1)}`;\n',
  },
  {
    rule: 'flow/no-sql-outside-db',
    file: 'packages/api/src/run/raw.ts',
    text: lines(
      'export interface Raw { $queryRawUnsafe(sql: string): unknown }',
      'export const raw = (db: Raw): unknown => db.$queryRawUnsafe(String(1));',
    ),
  },
  {
    rule: 'flow/no-test-retry',
    file: 'packages/core/src/rule/retry.test.ts',
    text: lines("import { expect, it } from 'vitest';", "it('a vote counts once', { retry: 2 }, () => { expect(1).toBe(1); });"),
  },
  { rule: 'flow/no-test-retry', file: 'e2e/playwright.config.ts', text: 'export default { retries: 2 };\n' },
  {
    rule: 'flow/operation-guard',
    file: 'packages/operations/src/run/cancel.ts',
    text: lines(
      'interface Tx { save(id: string): Promise<void>; appendEvent(id: string): Promise<void> }',
      'interface Ctx { inTransaction(work: (tx: Tx) => Promise<void>): Promise<void> }',
      'export async function cancel(ctx: Ctx, input: { id: string }): Promise<void> {',
      '  await ctx.inTransaction(async (tx) => { await tx.save(input.id); await tx.appendEvent(input.id); });',
      '}',
    ),
  },
  {
    rule: 'flow/operation-guard',
    file: 'packages/operations/src/run/start.ts',
    text: lines(
      'interface Ctx { requireRight(right: string): void; inTransaction(work: () => Promise<void>): Promise<void> }',
      'export async function start(ctx: Ctx): Promise<void> {',
      "  ctx.requireRight('run.start');",
      '  await ctx.inTransaction(async () => { await Promise.resolve(); });',
      '}',
    ),
  },
  { rule: 'flow/product-word-in-ui', file: 'packages/ui/src/card/card.ts', text: "export const DeploymentCard = 'card';\n" },
  { rule: 'flow/pure-core', file: 'packages/core/src/rule/clock.ts', text: 'export const now = (): number => Date.now();\n' },
  { rule: 'flow/pure-core', file: 'packages/core/src/rule/new-date.ts', text: 'export const now = (): Date => new Date();\n' },
  { rule: 'flow/pure-core', file: 'packages/core/src/rule/random.ts', text: 'export const dice = (): number => Math.random();\n' },
  {
    rule: 'flow/pure-core',
    file: 'packages/core/src/rule/timer.ts',
    text: 'export const later = (work: () => void): unknown => setTimeout(work, 1);\n',
  },
  { rule: 'flow/pure-core', file: 'packages/core/src/rule/files.ts', text: "export { readFileSync } from 'node:fs';\n" },
  { rule: 'flow/pure-core', file: 'packages/core/src/rule/async.ts', text: 'export const load = async () => 1;\n' },
  { rule: 'flow/pure-core', file: 'packages/core/src/rule/promise.ts', text: 'export interface Port { load(): Promise<number> }\n' },
  {
    rule: 'flow/status-writer',
    file: 'packages/db/src/run/finish.ts',
    text: lines(
      'interface Tx { pipelineRun: { update(options: { where: object; data: { state: string } }): Promise<void> } }',
      "export const finish = async (tx: Tx): Promise<void> => tx.pipelineRun.update({ where: {}, data: { state: 'done' } });",
    ),
  },
  {
    rule: 'flow/status-writer',
    file: 'packages/db/src/run/finish-sql.ts',
    text: "export const finish = `UPDATE pipeline_run SET finished_at = $1, state = 'done' WHERE id = $2`;\n",
  },
  {
    rule: 'flow/tenant-first',
    file: 'packages/db/src/run/find-run.ts',
    text: 'export const findRun = (id: string, tenantId: string): string => tenantId + id;\n',
  },
  { rule: 'flow/test-suffix', file: 'packages/core/src/rule/evaluate.spec.ts', text: 'export const one = 1;\n' },
  { rule: 'flow/test-suffix', file: 'packages/db/src/run/find.test.ts', text: "export { Pool } from 'pg';\n" },
];
