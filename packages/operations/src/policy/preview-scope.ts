import { coveredBy, scope } from '@flow/core/rule';
import type { Place } from '@flow/core/rule';
import { listPlaces } from '@flow/db/catalog';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const previewScopeInput = z.strictObject({ scope: z.record(z.string(), z.json()) });

/** A service in an environment that a scope covers. */
export interface CoveredPlace extends Place {
  serviceName: string;
  environmentName: string;
}

export interface ScopePreview {
  coveredCount: number;
  /** Of how many: every service in every environment of the tenant. */
  placeCount: number;
  /** The first of them. */
  examples: CoveredPlace[];
}

const examplesMax = 20;

/** Who would be affected by a policy with this scope. Nobody is worth knowing before it is saved. */
export async function previewScope(ctx: OperationContext, input: z.input<typeof previewScopeInput>): Promise<ScopePreview> {
  requireRight(ctx, 'policy:read');
  const given = parseInput(previewScopeInput, input);
  const wanted = parseInput(scope, { ...given.scope, tenantIds: [ctx.tenantId] });
  const places = await listPlaces(ctx.db.prisma, ctx.tenantId);
  const covered = coveredBy(wanted, places);
  return { coveredCount: covered.length, placeCount: places.length, examples: covered.slice(0, examplesMax) };
}
