import { randomBytes } from 'node:crypto';
import { externalCheckSettings } from '@flow/core/external-check';
import { FlowError } from '@flow/core/fault';
import { actorName } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { countExternalChecks, externalChecksMax, insertExternalCheck } from '@flow/db/external-check';
import type { z } from 'zod';
import { parseInput, recordChange } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { UrlCheck } from '../notification/index.ts';
import { requirePolicyRight } from '../policy/index.ts';
import type { Sealer, SecretPlace } from '../secret/index.ts';
import { keysOf } from './keys.ts';
import type { ExternalKeys } from './keys.ts';

/** Where the secret of an outside service lives. */
export function externalSecretPlace(externalId: string): SecretPlace {
  return { table: 'external_check', column: 'sealed_secret', rowId: externalId };
}

export const createExternalInput = externalCheckSettings;

/** Adds an outside service that gates can ask: those of the tenant, or in the platform those of the platform. Its two keys are shown this once. */
export async function createExternal(
  ctx: OperationContext,
  input: z.input<typeof createExternalInput>,
  { sealer, checkUrl }: { sealer: Sealer; checkUrl: UrlCheck },
): Promise<{ externalId: string } & ExternalKeys> {
  requirePolicyRight(ctx);
  const settings = parseInput(createExternalInput, input);
  const checked = checkUrl(settings.url);
  if (!checked.ok)
    throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields: [{ path: 'url', message: checked.message }] });
  const externalId = ctx.newId();
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await inTransaction(ctx.db, async (tx) => {
    if ((await countExternalChecks(tx, ctx.tenantId)) >= externalChecksMax)
      throw new FlowError({
        code: 'precondition',
        message: `There are ${externalChecksMax} external checks: remove one that is not needed`,
      });
    const sealedSecret = sealer.seal(secret, externalSecretPlace(externalId));
    const made = { createdAt: ctx.now, createdByName: actorName(ctx.actor) };
    await insertExternalCheck(tx, ctx.tenantId, { id: externalId, ...settings, sealedSecret, ...made });
    const { url, ...after } = settings;
    await recordChange(ctx, tx, {
      action: 'externalCheck.create',
      subject: `externalCheck:${externalId}`,
      summary: `Made the external check ${settings.name}`,
      after: { ...after, host: new URL(url).host },
    });
  });
  return { externalId, ...keysOf(secret) };
}
