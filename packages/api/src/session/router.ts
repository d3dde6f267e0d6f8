import { right, rightsIn, rightsOfPlatformAdmin, role } from '@flow/core/rights';
import { findInstallation } from '@flow/db/installation';
import { hasAnyPerson } from '@flow/db/person';
import { listTenants } from '@flow/db/tenancy';
import { revokeAllOf, revokeSession, setUp, setUpInput } from '@flow/operations/session';
import { z } from 'zod';
import { done, instant, personProcedure, publicProcedure, router } from '../trpc/index.ts';

const me = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  isPlatformAdmin: z.boolean(),
  expiresAt: instant,
  /** What a platform admin may do in every tenant; nothing for anyone else. */
  rightsEverywhere: z.array(right),
  tenants: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string(), role, rights: z.array(right) })),
});

const tenantRow = z.object({ id: z.string(), slug: z.string(), name: z.string(), role: role.nullable() });

export const sessionRouter = router({
  /** Whether somebody has set Flow up, and whether it is the demo: what the log-in page must know. */
  installation: publicProcedure
    .meta({ policy: 'public' })
    .output(z.object({ isSetUp: z.boolean(), isDemo: z.boolean() }))
    .query(async ({ ctx }) => {
      const { prisma } = ctx.services.db;
      const [{ isDemo }, isSetUp] = await Promise.all([findInstallation(prisma), hasAnyPerson(prisma)]);
      return { isDemo, isSetUp };
    }),

  /** Makes the first platform admin of an installation in which nobody has an account; closed for ever after. */
  setUp: publicProcedure
    .meta({ policy: 'public' })
    .input(setUpInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await setUp(ctx.operationIn(), input);
      return { ok: true };
    }),

  /** Who I am, and what I may do in each of my tenants. */
  me: personProcedure
    .meta({ policy: 'signedIn' })
    .output(me)
    .query(({ ctx }) => {
      const { actor, email, expiresAt, tenants } = ctx.session;
      const mine = tenants.map((tenant) => ({ ...tenant, rights: [...rightsIn(actor, tenant.id)] }));
      const { userId, name, isPlatformAdmin } = actor;
      return {
        userId,
        name,
        email,
        isPlatformAdmin,
        expiresAt,
        rightsEverywhere: isPlatformAdmin ? [...rightsOfPlatformAdmin] : [],
        tenants: mine,
      };
    }),

  /** The tenants that I can open: my own, or for a platform admin all of them. */
  tenants: personProcedure
    .meta({ policy: 'signedIn' })
    .input(z.strictObject({ search: z.string().max(100).default('') }))
    .output(z.array(tenantRow))
    .query(async ({ ctx, input }) => {
      const { actor, tenants } = ctx.session;
      const all = actor.isPlatformAdmin ? await listTenants(ctx.services.db.prisma, input.search) : tenants;
      const found = all.filter((tenant) => `${tenant.slug} ${tenant.name.toLowerCase()}`.includes(input.search.toLowerCase()));
      return found.map((tenant) => ({ ...tenant, role: tenants.find((mine) => mine.id === tenant.id)?.role ?? null }));
    }),

  /** Ends this session. */
  logOut: personProcedure
    .meta({ policy: 'signedIn' })
    .output(done)
    .mutation(async ({ ctx }) => {
      await revokeSession(ctx.operationIn());
      ctx.services.sessions.forget(ctx.session.actor.sessionId);
      return { ok: true };
    }),

  /** Ends all my sessions, on every device. */
  logOutEverywhere: personProcedure
    .meta({ policy: 'signedIn' })
    .output(z.object({ endedCount: z.number() }))
    .mutation(async ({ ctx }) => {
      const { userId } = ctx.session.actor;
      const ended = await revokeAllOf(ctx.operationIn(), { userId });
      ctx.services.sessions.forgetPerson(userId);
      return ended;
    }),
});
