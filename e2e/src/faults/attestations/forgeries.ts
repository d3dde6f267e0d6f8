import { aStatement, newSigningKeys } from '@flow/operations/testing';
import type { SigningKeys } from '@flow/operations/testing';
import { z } from 'zod';

export const builderId = 'https://ci.test/builder';
export const sourceUri = 'git+https://git.test/checkout';
export const provenanceType = 'https://slsa.dev/provenance/v1';
const summaryType = 'https://slsa.dev/verification_summary/v1';

/** What a forger has at hand. */
export interface Workshop {
  digest: string;
  /** Trusted by the tenant. */
  build: SigningKeys;
  /** Trusted by another tenant. */
  neighbour: SigningKeys;
  /** Was trusted once. */
  removed: SigningKeys;
  random: () => number;
}

interface Predicate {
  builder?: string;
  source?: string;
}
const predicateOf = ({ builder = builderId, source = sourceUri }: Predicate = {}): object => ({
  runDetails: { builder: { id: builder } },
  buildDefinition: { buildType: 'https://ci.test/type', resolvedDependencies: [{ uri: `${source}@refs/heads/main` }] },
});

/** What the gate is to let pass. */
export function goodAttestation({ digest, build }: Pick<Workshop, 'digest' | 'build'>): string {
  return build.sign(aStatement(digest, { predicate: predicateOf() }));
}

const envelope = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
});
type Envelope = z.infer<typeof envelope>;
const changed = (shop: Workshop, change: (good: Envelope) => object): string =>
  JSON.stringify(change(envelope.parse(JSON.parse(goodAttestation(shop)))));

/** The same bytes with one bit turned over somewhere. */
function flipped(base64: string, random: () => number): string {
  const bytes = Buffer.from(base64, 'base64');
  const at = Math.floor(random() * bytes.length);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
  return bytes.toString('base64');
}

const signedWith = (keys: SigningKeys, { digest }: Workshop): string => keys.sign(aStatement(digest, { predicate: predicateOf() }));
const said = ({ build, digest }: Workshop, over: Readonly<Record<string, unknown>>): string =>
  build.sign(aStatement(digest, { predicate: predicateOf(), ...over }));
const otherDigest = (digest: string, random: () => number): string => {
  const at = 'sha256:'.length + Math.floor(random() * 64);
  return `${digest.slice(0, at)}${digest[at] === '0' ? '1' : '0'}${digest.slice(at + 1)}`;
};
const other = <T>(all: readonly T[], random: () => number, or: T): T => all[Math.floor(random() * all.length)] ?? or;

/** Ways to forge one; null: to hand in none at all. */
export const forgeries: Readonly<Record<string, (shop: Workshop) => string | null>> = {
  none: () => null,
  'another subject': (shop) => shop.build.sign(aStatement(otherDigest(shop.digest, shop.random), { predicate: predicateOf() })),
  'no subject': (shop) => said(shop, { subject: [] }),
  'another hash of the subject': (shop) => said(shop, { subject: [{ name: 'checkout', digest: { sha512: shop.digest.slice(7) } }] }),
  'another type of statement': (shop) => said(shop, { _type: other(['https://in-toto.io/Statement/v9', 'text', ''], shop.random, '') }),
  'another type of predicate': (shop) =>
    said(shop, {
      predicateType: other(['https://spdx.dev/Document', `${provenanceType}.1`, 'https://slsa.dev/provenance/v0.2'], shop.random, ''),
    }),
  'another type of payload': (shop) =>
    changed(shop, (good) => ({ ...good, payloadType: other(['text/plain', 'application/vnd.in-toto+JSON', ''], shop.random, '') })),
  'a bit of the signature': (shop) =>
    changed(shop, ({ signatures: [first], ...good }) => ({
      ...good,
      signatures: [{ keyid: '', sig: flipped(first?.sig ?? '', shop.random) }],
    })),
  'a bit of the statement': (shop) => changed(shop, (good) => ({ ...good, payload: flipped(good.payload, shop.random) })),
  'a statement that was cut off': (shop) =>
    changed(shop, (good) => ({ ...good, payload: good.payload.slice(0, 4 * Math.floor(shop.random() * (good.payload.length / 4))) })),
  'no signature': (shop) => changed(shop, (good) => ({ ...good, signatures: [] })),
  'the signature of another statement': (shop) => {
    const { signatures } = envelope.parse(JSON.parse(said(shop, { subject: [] })));
    return changed(shop, (good) => ({ ...good, signatures }));
  },
  'a stranger': (shop) => signedWith(newSigningKeys(), shop),
  'a stranger under a known key id': (shop) => {
    const { signatures, ...rest } = envelope.parse(JSON.parse(signedWith(newSigningKeys(), shop)));
    return JSON.stringify({ ...rest, signatures: signatures.map(({ sig }) => ({ keyid: 'The build', sig })) });
  },
  'the key of another tenant': (shop) => signedWith(shop.neighbour, shop),
  'a key that was removed': (shop) => signedWith(shop.removed, shop),
  'another builder': (shop) =>
    said(shop, {
      predicate: predicateOf({ builder: other(['https://laptop.test', `${builderId}/`, builderId.toUpperCase()], shop.random, '') }),
    }),
  'no builder': (shop) => said(shop, { predicate: { ...predicateOf(), runDetails: {} } }),
  'another source': (shop) =>
    said(shop, {
      predicate: predicateOf({ source: other([`${sourceUri}-fork`, 'git+https://git.test/other', `${sourceUri}/..`], shop.random, '') }),
    }),
  'a summary of a verification against another policy': (shop) =>
    said(shop, {
      predicateType: summaryType,
      predicate: { verifier: { id: builderId }, policy: { uri: 'https://policy.test/other' }, verificationResult: 'PASSED' },
    }),
  'a summary of a verification that failed': (shop) =>
    said(shop, {
      predicateType: summaryType,
      predicate: { verifier: { id: builderId }, policy: { uri: sourceUri }, verificationResult: 'FAILED' },
    }),
};
