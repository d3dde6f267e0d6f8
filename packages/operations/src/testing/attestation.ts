import { generateKeyPairSync, sign } from 'node:crypto';
import type { Database } from '@flow/db/client';
import { testId, worldNow } from './world.ts';
import type { TestTenant } from './world.ts';

/** A pair of keys with which programs sign attestations. */
export interface SigningKeys {
  publicKey: string;
  sign: (statement: object) => string;
}

const payloadType = 'application/vnd.in-toto+json';

/** Makes a pair, and signs statements with it as DSSE envelopes, as `cosign attest --key` does. */
export function newSigningKeys(): SigningKeys {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (statement) => {
      const payload = Buffer.from(JSON.stringify(statement));
      const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
      const sig = sign('sha256', signed, privateKey).toString('base64');
      return JSON.stringify({ payloadType, payload: payload.toString('base64'), signatures: [{ keyid: '', sig }] });
    },
  };
}

/** A statement of where an artifact comes from. */
export function aStatement(digest: string, over: Readonly<Record<string, unknown>> = {}): object {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'registry.test/checkout', digest: { sha256: digest.replace('sha256:', '') } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: { buildDefinition: {} },
    ...over,
  };
}

/** Adds a key that the tenant trusts, with what it has signed about the artifact whose digest is all of `b`. */
export async function addTrustedKey(db: Database, tenantId: string): Promise<Pick<TestTenant, 'keyId' | 'publicKey' | 'attestation'>> {
  const keyId = testId('key');
  const { publicKey, sign: signWith } = newSigningKeys();
  const by = { createdAt: worldNow, createdByName: 'Somebody' };
  await db.prisma.trustedKey.create({ data: { tenantId, id: keyId, name: 'The build', publicKey, ...by } });
  return { keyId, publicKey, attestation: signWith(aStatement(`sha256:${'b'.repeat(64)}`)) };
}
