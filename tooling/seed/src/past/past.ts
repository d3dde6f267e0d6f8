import type { Actor } from '@flow/core/rights';
import type { Database } from '@flow/db/client';
import type { ChartDescription } from '@flow/delivery/chart';
import type { OperationContext } from '@flow/operations/context';
import type { SeedContext } from '../context.ts';

/** What telling the past of one tenant needs. */
export interface Past {
  context: SeedContext;
  db: Database;
  tenantId: string;
  tenantSlug: string;
  /** Who writes the code, and who decides about it. */
  developer: { actor: Actor; email: string };
  approver: Actor;
  environments: { development: string; production: string };
  chart: ChartDescription;
}

/** A service of the past, as it stands in the database. */
export interface KnownService {
  id: string;
  slug: string;
  name: string;
}

const secondMs = 1_000;
const dayMs = 86_400 * secondMs;

/** The time of day, `09:40` in UTC, so many days before this start. */
export function daysBefore(context: SeedContext, days: number, time: string): Date {
  const day = new Date(context.startedAt.getTime() - days * dayMs).toISOString().slice(0, 10);
  return new Date(`${day}T${time}:00.000Z`);
}

export function later(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * secondMs);
}

/** The context in which somebody acted then. */
export function actedAt({ context, tenantId }: Past, actor: Actor, now: Date): OperationContext {
  return { ...context.operation(tenantId), actor, now };
}

/** The context in which Flow itself acted then. */
export function flowActedAt(past: Past, reason: string, now: Date): OperationContext {
  return actedAt(past, { kind: 'system', reason }, now);
}

/** When there came to be people, tenants, environments and services. */
export function foundedAt(context: SeedContext): Date {
  return daysBefore(context, 30, '08:00');
}
