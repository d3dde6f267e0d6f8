import { createDatabase } from '@flow/db/client';
import { platformTenantId } from '@flow/operations/context';
import { newId } from '@flow/operations/identity';
import { createSealer, rewrapSecrets } from '@flow/operations/secret';
import { z } from 'zod';

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  FLOW_ENCRYPTION_KEY: z.string().min(32, 'the new key: at least 32 random characters'),
  FLOW_ENCRYPTION_KEY_PREVIOUS: z.string().min(32, 'the key that the secrets are sealed under until now'),
});

process.exitCode = await main();

async function main(): Promise<number> {
  const read = environment.safeParse(process.env);
  if (!read.success) {
    for (const { path, message } of read.error.issues) process.stderr.write(`${path.join('.')}: ${message}\n`);
    return 2;
  }
  const settings = read.data;
  const db = createDatabase(settings.DATABASE_URL, 2);
  try {
    const sealer = createSealer(settings.FLOW_ENCRYPTION_KEY, settings.FLOW_ENCRYPTION_KEY_PREVIOUS);
    const { rewrappedCount, currentCount, unreadable } = await rewrapSecrets(
      {
        actor: { kind: 'system', reason: 'changes the key of the stored secrets' },
        tenantId: platformTenantId,
        db,
        now: new Date(),
        newId,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        requestId: null,
        address: null,
      },
      sealer,
    );
    process.stdout.write(`${rewrappedCount} secrets were wrapped anew, ${currentCount} were already.\n`);
    if (unreadable.length === 0) process.stdout.write('FLOW_ENCRYPTION_KEY_PREVIOUS is needed no more.\n');
    else process.stderr.write(`Neither key opens these: enter them anew in the portal.\n${unreadable.map((one) => `  ${one}\n`).join('')}`);
    return unreadable.length === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}
