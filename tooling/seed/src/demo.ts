import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabase } from '@flow/db/client';
import { markAsDemo } from '@flow/db/installation';
import { hasAnyPerson } from '@flow/db/person';
import { newId } from '@flow/operations/identity';
import { createSealer } from '@flow/operations/secret';
import { z } from 'zod';
import { connectClusters } from './clusters.ts';
import { demoPassword, people } from './people.ts';
import { prepareRepository, writeHook } from './repository.ts';
import { seedTenants } from './tenants.ts';
import type { SeedContext } from './context.ts';

// Makes the demo, or brings one that is there up to date with the addresses of this start. Safe to run at every start.
const environment = z.object({
  DATABASE_URL: z.string(),
  FLOW_ENCRYPTION_KEY: z.string(),
  FLOW_STATE_DIR: z.string(),
  FLOW_PUBLIC_URL: z.string(),
  FLOW_SANDBOX_KUBECONFIGS: z.string().transform((text) => text.split(',')),
});
const settings = environment.parse(process.env);

const db = createDatabase(settings.DATABASE_URL, 5);
const started = new Date();
const context: SeedContext = {
  stateDir: settings.FLOW_STATE_DIR,
  publicUrl: settings.FLOW_PUBLIC_URL,
  kubeconfigPaths: settings.FLOW_SANDBOX_KUBECONFIGS,
  sealer: createSealer(settings.FLOW_ENCRYPTION_KEY),
  operation: (tenantId) => ({
    actor: { kind: 'system', reason: 'makes the demo' },
    tenantId,
    db,
    now: started,
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
