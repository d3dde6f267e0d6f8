import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@flow/db/client';
import { markAsDemo } from '@flow/db/installation';
import { hasAnyPerson } from '@flow/db/person';
import { newId } from '@flow/operations/identity';
import { createSealer } from '@flow/operations/secret';
import { z } from 'zod';
import { connectClusters } from './clusters.ts';
import { demoPassword, people } from './people.ts';
import { hasWebhookSecret, prepareRepository, writeHook } from './repository.ts';
import { seedTenants } from './tenants.ts';
import type { SeedContext } from './context.ts';

// Makes the demo, or brings one that is there up to date with the addresses of this start. Safe to run at every start.
const environment = z.object({
  DATABASE_URL: z.string(),
  FLOW_ENCRYPTION_KEY: z.string(),
  FLOW_STATE_DIR: z.string(),
  FLOW_PUBLIC_URL: z.string(),
  FLOW_SANDBOX_KUBECONFIGS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((path) => path !== '')),
  /** A kubeconfig whose clusters, one for each context, take the place of the sandbox. */
  FLOW_DEMO_KUBECONFIG: z.string().optional(),
  /** Where steps clone the demo repository from; they find its folder by themselves only when they run on this machine, as in the sandbox. */
  FLOW_DEMO_REPOSITORY_URL: z.url().optional(),
  /** What canaries are measured by, where the sandbox does not do it: `?cluster=…&hash=…` is added. */
  FLOW_DEMO_MEASUREMENTS_URL: z.url().optional(),
});
const settings = environment.parse(process.env);

const db = createDatabase(settings.DATABASE_URL, 5);
const started = new Date();
const context: SeedContext = {
  stateDir: settings.FLOW_STATE_DIR,
  publicUrl: settings.FLOW_PUBLIC_URL,
  sandboxKubeconfigs: settings.FLOW_SANDBOX_KUBECONFIGS,
  kubeconfigPath: settings.FLOW_DEMO_KUBECONFIG ?? null,
  repositoryUrl: settings.FLOW_DEMO_REPOSITORY_URL ?? pathToFileURL(join(settings.FLOW_STATE_DIR, 'git', 'checkout.git')).href,
  measurementsUrl: settings.FLOW_DEMO_MEASUREMENTS_URL ?? null,
  sealer: createSealer(settings.FLOW_ENCRYPTION_KEY),
  startedAt: started,
  operation: (tenantId, now = started) => ({
    actor: { kind: 'system', reason: 'makes the demo' },
    tenantId,
    db,
    now,
    newId,
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
    },
    requestId: null,
    address: null,
  }),
};

const isNew = !(await hasAnyPerson(db.prisma));
// A database of others must not become a demo, whose password everybody knows.
if (!isNew && !(await hasWebhookSecret(context))) {
  process.stderr.write(
    `The database holds people already, and not the demo of ${context.stateDir}. Give the demo an empty database, or start with --no-demo.\n`,
  );
  process.exit(1);
}
const clusters = await connectClusters(context);
const repository = join(context.stateDir, 'git', 'checkout.git');
await access(repository).catch(() => prepareRepository(repository));
await markAsDemo(db.prisma);
if (isNew) await seedTenants(context, { clusters, repository });
await writeHook(context, repository);
await db.close();

// For the ready message of `pnpm start`.
const shown = people.map(({ email, name, tenant, role }) => ({
  email,
  about: role === null ? `${name}, platform admin` : `${name}, ${role} of ${tenant ?? ''}`,
}));
process.stdout.write(
  `${JSON.stringify({ password: demoPassword, people: shown, repositories: [{ name: 'checkout', path: repository }] })}\n`,
);
