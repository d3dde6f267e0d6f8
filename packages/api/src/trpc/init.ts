import { FlowError } from '@flow/core/fault';
import { slug } from '@flow/core/identity';
import { can, isPlatformAdmin, rightsIn, userIdOf } from '@flow/core/rights';
import type { Actor, Right } from '@flow/core/rights';
import { findTenantBySlug } from '@flow/db/tenancy';
import type { TenantRow } from '@flow/db/tenancy';
import { notFound } from '@flow/operations/context';
import { traced } from '@flow/telemetry/trace';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { addressKey } from '../limit/index.ts';
import type { ApiContext } from './context.ts';
import { formatFault, toTrpcError } from './faults.ts';
import type { ApiMeta } from './policy.ts';

const t = initTRPC
  .context<ApiContext>()
  .meta<ApiMeta>()
  .create({ isDev: false, errorFormatter: ({ shape, error, ctx }) => formatFault(shape, error, ctx?.request.requestId ?? null) });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** The one place where faults become answers: known ones keep their words, unknown ones go to the log and lose theirs. */
const mapFaults = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const { error } = result;
  const fault = error.cause instanceof FlowError ? error.cause : null;
  const isOurs = fault?.code === 'internal' || (fault === null && error.code === 'INTERNAL_SERVER_ERROR');
  if (isOurs)
    ctx.services.log.error(
      { path, requestId: ctx.request.requestId, error: error.cause ?? error, detail: fault?.detail },
      'A procedure failed',
    );
  if (fault !== null) throw toTrpcError(fault);
  return result;
});

/** Rate, errors, duration and trace of every procedure; outermost, so that refusals are counted as they leave. */
const measureCall = t.middleware(async ({ ctx, path, type, next }) => {
  const end = ctx.services.measures.callBegins({ procedure: path, kind: type });
  const attributes = { 'rpc.system.name': 'trpc', 'rpc.method': path, 'flow.request.id': ctx.request.requestId };
  return traced({ name: path, role: 'server', attributes }, async (span) => {
    const result = await next();
    const outcome = result.ok ? 'OK' : result.error.code;
    end(outcome);
    if (!result.ok) span.fails(outcome);
    return result;
  });
});

/** In JSON text: a NUL, or half of a surrogate pair (`JSON.stringify` writes whole pairs as they are and halves as escapes). */
const unkeepable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** Postgres keeps neither NUL characters nor broken Unicode; both are refused before anyone tries to store one. */
const refuseUnkeepable = t.middleware(async ({ getRawInput, next }) => {
  // JSON.stringify answers undefined for no input, whatever its type says.
  const text = JSON.stringify(await getRawInput()) as string | undefined;
  if (text !== undefined && unkeepable.test(text))
    throw new FlowError({ code: 'invalid', message: 'A text with a NUL character or with broken Unicode cannot be kept' });
  return next();
});

/** Each call of a batch counts, for the person or the address, before anything is done for it. */
const countCall = t.middleware(async ({ ctx, path, type, next }) => {
  const { rates } = ctx.services;
  const userId = userIdOf(ctx.actor);
  const key = userId ?? addressKey(ctx.request.address);
  if (userId === null) rates.count(type === 'mutation' ? 'strangerMutation' : 'strangerQuery', key);
  else rates.count(type === 'mutation' ? 'personMutation' : 'personQuery', key);
  rates.countProcedure(path, key);
  return next();
});

const base = t.procedure.use(measureCall).use(mapFaults).use(countCall).use(refuseUnkeepable);

/** Open to everybody. */
export const publicProcedure = base.use(async ({ meta, next }) => {
  if (meta?.policy !== 'public') throw undeclared();
  return next();
});

/** For anyone with a valid session. */
export const personProcedure = base.use(async ({ ctx, meta, next }) => {
  if (meta?.policy !== 'signedIn') throw undeclared();
  const session = requireSession(ctx);
  return next({ ctx: { ...ctx, session } });
});

/** For whoever runs the installation. */
export const platformProcedure = base.use(async ({ ctx, meta, next }) => {
  if (meta?.policy !== 'platformAdmin') throw undeclared();
  requireSession(ctx);
  if (!isPlatformAdmin(ctx.actor)) throw new FlowError({ code: 'forbidden', message: 'Only platform admins can do this' });
  return next();
});

/** For members of the tenant that the input names by its slug, with the right that the procedure declares. */
export const tenantProcedure = base.use(async ({ ctx, meta, type, getRawInput, next }) => {
  const policy = meta?.policy;
  if (typeof policy !== 'object') throw undeclared();
  if (ctx.actor.kind === 'anonymous') throw notLoggedIn();
  const tenant = await resolveTenant(ctx, await getRawInput());
  if (!can(ctx.actor, policy.right, tenant.id)) throw withoutRight(ctx.actor);
  // Only those who may act in a tenant count for it: nobody can use up what others have.
  ctx.services.rates.count(type === 'mutation' ? 'tenantMutation' : 'tenantQuery', tenant.id);
  return next({
    ctx: { ...ctx, tenant, rights: rightsIn(ctx.actor, tenant.id), operation: ctx.operationIn(tenant.id), reader: ctx.services.db.prisma },
  });
});

function requireSession(ctx: ApiContext): NonNullable<ApiContext['session']> {
  if (ctx.session !== null) return ctx.session;
  if (ctx.actor.kind === 'anonymous') throw notLoggedIn();
  throw new FlowError({ code: 'forbidden', message: 'This is for people who are logged in: an access token does not open it' });
}

function notLoggedIn(): FlowError {
  return new FlowError({ code: 'unauthenticated', message: 'Log in first' });
}

function withoutRight(actor: Actor): FlowError {
  const message =
    actor.kind === 'token'
      ? 'The scopes of this access token do not include this'
      : 'Your role does not include this. A tenant admin can give you one that does';
  return new FlowError({ code: 'forbidden', message });
}

/** A procedure whose policy is missing or of another kind lets nobody in. */
function undeclared(): FlowError {
  return new FlowError({ code: 'internal', message: 'This procedure declares no fitting policy' });
}

const namesTenant = z.object({ tenant: slug });

/** The tenant that the input names. */
async function resolveTenant(ctx: ApiContext, rawInput: unknown): Promise<TenantRow> {
  const parsed = namesTenant.safeParse(rawInput);
  if (!parsed.success)
    throw new FlowError({
      code: 'invalid',
      message: 'The tenant is missing',
      fields: [{ path: 'tenant', message: 'give the slug of a tenant' }],
    });
  return tenantOfSlug(ctx, parsed.data.tenant);
}

/** The tenant of the slug among those of the actor, for whoever runs the installation among all; else the answer for one that does not exist. */
export async function tenantOfSlug(ctx: ApiContext, named: string): Promise<TenantRow> {
  const mine = ctx.tenants.find((candidate) => candidate.slug === named);
  if (mine !== undefined) return mine;
  const other = isPlatformAdmin(ctx.actor) ? await findTenantBySlug(ctx.services.db.prisma, named) : null;
  if (other === null) throw notFound('tenant');
  return other;
}

/** What a tenant procedure adds to the context. */
export interface TenantContext extends ApiContext {
  tenant: TenantRow;
  rights: readonly Right[];
  operation: ReturnType<ApiContext['operationIn']>;
  reader: ApiContext['services']['db']['prisma'];
}
