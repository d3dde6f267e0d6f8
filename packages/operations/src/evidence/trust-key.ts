import { FlowError } from '@flow/core/fault';
import { actorName } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { insertTrustedKey, listTrustedKeys, maxTrustedKeys, removeTrustedKey } from '@flow/db/evidence';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { readPublicKey } from './verify-attestation.ts';

export const trustKeyInput = z.strictObject({
  name: z.string().trim().min(1, 'say whose it is').max(100),
  /** PEM: of an elliptic curve, Ed25519, or RSA with 2,048 bits and more. */
  publicKey: z.string().trim().min(1).max(5_000),
});

/** Trusts a public key to sign attestations from now on. */
export async function trustKey(ctx: OperationContext, input: z.input<typeof trustKeyInput>): Promise<{ keyId: string }> {
  requireRight(ctx, 'policy:manage');
  const { name, publicKey } = parseInput(trustKeyInput, input);
  const key = readPublicKey(publicKey);
  if (key === null) {
    const fields = [{ path: 'publicKey', message: 'a public key as PEM: elliptic curve, Ed25519, or RSA with 2,048 bits and more' }];
    throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
  }
  const keyId = ctx.newId();
  await inTransaction(ctx.db, async (tx) => {
    if ((await listTrustedKeys(tx, ctx.tenantId)).length >= maxTrustedKeys)
      throw new FlowError({ code: 'precondition', message: `${maxTrustedKeys} keys are trusted already: remove one first` });
    const pem = key.export({ type: 'spki', format: 'pem' }).toString();
    const by = { createdAt: ctx.now, createdByName: actorName(ctx.actor) };
    await insertTrustedKey(tx, ctx.tenantId, { id: keyId, name, publicKey: pem, ...by });
    await recordChange(ctx, tx, {
      action: 'evidence.trustKey',
      subject: `key:${keyId}`,
      summary: `Trusts ${name} to sign attestations`,
      after: { keyId, name, publicKey: pem },
      event: { type: 'evidence.changed', topics: [], data: { keyId } },
    });
  });
  return { keyId };
}

export const removeKeyInput = z.strictObject({ keyId: z.string().min(1).max(64) });

/** Trusts a key no longer. What it has signed counts no more, and what waits is looked at again. */
export async function removeKey(ctx: OperationContext, input: z.input<typeof removeKeyInput>): Promise<void> {
  requireRight(ctx, 'policy:manage');
  const { keyId } = parseInput(removeKeyInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const name = await removeTrustedKey(tx, ctx.tenantId, { id: keyId, at: ctx.now });
    if (name === null) throw notFound('key');
    await recordChange(ctx, tx, {
      action: 'evidence.removeKey',
      subject: `key:${keyId}`,
      summary: `No longer trusts ${name} to sign attestations`,
      before: { keyId, name },
      event: { type: 'evidence.changed', topics: [], data: { keyId } },
    });
  });
}
