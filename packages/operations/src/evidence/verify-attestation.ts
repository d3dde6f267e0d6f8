import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { Verifier, toSignedEntity } from '@sigstore/verify';
import { z } from 'zod';

/** A public key that an admin trusts to sign attestations. */
export interface TrustedKey {
  id: string;
  name: string;
  publicKey: string;
}

export type VerifiedAttestation =
  | { ok: true; predicateType: string; key: TrustedKey; builderId: string; sourceUri: string }
  | { ok: false; reason: string };

const statement = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })).min(1),
  predicateType: z.string().min(1).max(200),
  predicate: z.unknown(),
});

const uri = z.string().max(300);
const named = z.object({ id: uri }).optional().catch(undefined);
const source = z.object({ uri }).optional().catch(undefined);
/** Where SLSA says who made what from what: https://slsa.dev/spec/v1.0/provenance, /v0.2/provenance and /v1.0/verification_summary. */
const predicateSaid = z
  .object({
    runDetails: z.object({ builder: named }).optional().catch(undefined),
    buildDefinition: z
      .object({ resolvedDependencies: z.array(source) })
      .optional()
      .catch(undefined),
    builder: named,
    invocation: z.object({ configSource: source }).optional().catch(undefined),
    verifier: named,
    policy: source,
    verificationResult: z.string().optional().catch(undefined),
  })
  .catch({});
const summaryType = 'https://slsa.dev/verification_summary/';

const dsse = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z
    .array(z.looseObject({ sig: z.string() }))
    .min(1)
    .max(10),
});
const anyBundle = z.looseObject({ dsseEnvelope: dsse });

/**
 * Whether an in-toto statement about this artifact is signed by one of the keys: as a DSSE envelope, which `cosign attest --key` writes, or as a Sigstore
 * bundle. Nothing of it is believed before its signature is.
 */
export function verifyAttestation(text: string, of: { digest: string; keys: readonly TrustedKey[] }): VerifiedAttestation {
  const envelope = readEnvelope(text);
  if (envelope === null) return { ok: false, reason: 'It is neither a DSSE envelope nor a Sigstore bundle with one' };
  if (envelope.payloadType !== 'application/vnd.in-toto+json')
    return { ok: false, reason: `It is signed as ${envelope.payloadType.slice(0, 100)}, not as an in-toto statement` };
  if (of.keys.length === 0) return { ok: false, reason: 'No key is trusted here yet: an admin adds one under Governance, Gates' };
  const key = of.keys.find((one) => isSignedBy(envelope, one));
  if (key === undefined) return { ok: false, reason: 'None of the keys that are trusted here has signed it' };
  const said = statement.safeParse(readJson(Buffer.from(envelope.payload, 'base64').toString('utf8')));
  if (!said.success) return { ok: false, reason: 'It is signed, but it is no in-toto statement of version 1 or 0.1' };
  const isAbout = said.data.subject.some(({ digest }) => `sha256:${digest['sha256'] ?? ''}` === of.digest);
  if (!isAbout) return { ok: false, reason: 'It is signed, but it is about another artifact' };
  const { predicateType, predicate } = said.data;
  const { verificationResult, ...made } = predicateSaid.parse(predicate);
  if (predicateType.startsWith(summaryType) && verificationResult !== 'PASSED')
    return { ok: false, reason: 'It is signed, but it does not say that the verification has passed' };
  return { ok: true, predicateType, key, ...originOf(made) };
}

/** Who made it, and from what; empty where it does not say so. */
function originOf({ runDetails, buildDefinition, builder, invocation, verifier, policy }: z.infer<typeof predicateSaid>): {
  builderId: string;
  sourceUri: string;
} {
  const maker = runDetails?.builder ?? builder ?? verifier;
  const from = buildDefinition?.resolvedDependencies[0] ?? invocation?.configSource ?? policy;
  return { builderId: maker?.id ?? '', sourceUri: from?.uri ?? '' };
}

/** Reads a public key as PEM; null for one that cannot sign what is worth believing. */
export function readPublicKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    const isGood =
      key.asymmetricKeyType === 'ec' || key.asymmetricKeyType === 'ed25519' || (key.asymmetricKeyType === 'rsa' && bits >= 2_048);
    return isGood && !pem.includes('PRIVATE') ? key : null;
  } catch {
    return null;
  }
}

type Envelope = z.infer<typeof dsse>;

function readEnvelope(text: string): Envelope | null {
  const json = readJson(text);
  const bundle = anyBundle.safeParse(json);
  return bundle.success ? bundle.data.dsseEnvelope : (dsse.safeParse(json).data ?? null);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The key alone decides: certificates, logs and timestamps that came with it are not looked at. */
function isSignedBy(envelope: Envelope, { id: hint, publicKey }: TrustedKey): boolean {
  const key = readPublicKey(publicKey);
  if (key === null) return false;
  const trust = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey: key, validFor: () => true }),
  };
  const verifier = new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  return envelope.signatures.some((signature) => {
    try {
      const bundle = bundleFromJSON({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { publicKey: { hint } },
        dsseEnvelope: { ...envelope, signatures: [signature] },
      });
      verifier.verify(toSignedEntity(bundle));
      return true;
    } catch {
      return false;
    }
  });
}
