import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { listTrustedKeys } from '@flow/db/evidence';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { evidenceSubject, keepEvidence, readSubject } from './report-evidence.ts';
import { verifyAttestation } from './verify-attestation.ts';

export const attestInput = z.strictObject({
  /** An attestation names the digest that it is about, so a run is not enough. */
  subject: z.discriminatedUnion('kind', [evidenceSubject.options[0], evidenceSubject.options[1]]),
  /** A DSSE envelope or a Sigstore bundle, as JSON. */
  attestation: z.string().min(2).max(500_000),
});

/** Keeps an attestation that one of the keys which are trusted here has signed, as it is. Any other is refused with the reason, and leaves nothing. */
export async function attest(
  ctx: OperationContext,
  input: z.input<typeof attestInput>,
): Promise<{ evidenceId: string; predicateType: string; keyName: string }> {
  requireRight(ctx, 'evidence:report');
  const { subject, attestation } = parseInput(attestInput, input);
  const evidenceId = ctx.newId();
  return inTransaction(ctx.db, async (tx) => {
    const of = await readSubject(ctx, tx, subject);
    const keys = await listTrustedKeys(tx, ctx.tenantId);
    const verified = verifyAttestation(attestation, { digest: of.digest, keys });
    if (!verified.ok) throw new FlowError({ code: 'precondition', message: `The attestation is not believed. ${verified.reason}` });
    const { predicateType, key, builderId, sourceUri } = verified;
    const fact = { predicateType, verified: true, detail: `signed with ${key.name}`, builderId, sourceUri };
    const signed = { original: attestation, keyId: key.id };
    await keepEvidence(ctx, tx, { of, evidenceId, kind: 'attestation', fact, source: '', link: '', expiresAt: null, signed });
    return { evidenceId, predicateType, keyName: key.name };
  });
}
