import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aStatement, newSigningKeys } from '../testing/index.ts';
import { readPublicKey, verifyAttestation } from './verify-attestation.ts';

const digest = `sha256:${'b'.repeat(64)}`;
const build = newSigningKeys();
const other = newSigningKeys();
const trusted = [
  { id: 'k0', name: 'Other', publicKey: other.publicKey },
  { id: 'k1', name: 'The build', publicKey: build.publicKey },
];
const verify = (text: string, keys = trusted) => verifyAttestation(text, { digest, keys });
const envelope = z.object({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
});
const signed = () => envelope.parse(JSON.parse(build.sign(aStatement(digest))));

describe('an attestation', () => {
  test('is believed when a trusted key has signed it and it is about this artifact', () => {
    expect(verify(JSON.stringify(signed()))).toMatchObject({
      ok: true,
      predicateType: 'https://slsa.dev/provenance/v1',
      key: { id: 'k1', name: 'The build' },
    });
  });

  test('tells who made it and from what, in either version of provenance and in a summary of a verification', () => {
    const [id, uri] = ['https://ci.test/builder', 'git+https://git.test/checkout@refs/heads/main'];
    const told = (predicate: object, predicateType = 'https://slsa.dev/provenance/v1') =>
      verify(build.sign(aStatement(digest, { predicate, predicateType })));
    const both = { ok: true, builderId: id, sourceUri: uri };
    expect(told({ runDetails: { builder: { id } }, buildDefinition: { resolvedDependencies: [{ uri }] } })).toMatchObject(both);
    expect(told({ builder: { id }, invocation: { configSource: { uri } } }, 'https://slsa.dev/provenance/v0.2')).toMatchObject(both);
    const summary = (verificationResult: string) =>
      told({ verifier: { id }, policy: { uri }, verificationResult }, 'https://slsa.dev/verification_summary/v1');
    expect(summary('PASSED')).toMatchObject(both);
    expect(summary('FAILED')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('does not say that the verification has passed'),
    });
    expect(told({ runDetails: { builder: { id: 7 } } })).toMatchObject({ ok: true, builderId: '', sourceUri: '' });
  });

  test('may come as a Sigstore bundle', () => {
    const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const bundle = { mediaType, verificationMaterial: { publicKey: { hint: 'any' } }, dsseEnvelope: signed() };
    expect(verify(JSON.stringify(bundle))).toMatchObject({ ok: true });
  });

  test('may have several signatures, of which one is enough', () => {
    const one = signed();
    const none = { keyid: '', sig: Buffer.from('nothing').toString('base64') };
    expect(verify(JSON.stringify({ ...one, signatures: [none, ...one.signatures] }))).toMatchObject({ ok: true });
  });

  test.each([
    ['garbage', 'no JSON at all', 'neither a DSSE envelope nor a Sigstore bundle'],
    ['an empty object', '{}', 'neither a DSSE envelope nor a Sigstore bundle'],
    ['a list', '[1]', 'neither a DSSE envelope nor a Sigstore bundle'],
    ['one without signatures', JSON.stringify({ ...signed(), signatures: [] }), 'neither a DSSE envelope nor a Sigstore bundle'],
    ['another type', JSON.stringify({ ...signed(), payloadType: 'text/plain' }), 'signed as text/plain'],
    ['a changed statement', JSON.stringify({ ...signed(), payload: Buffer.from('{}').toString('base64') }), 'None of the keys'],
    ['a stranger', newSigningKeys().sign(aStatement(digest)), 'None of the keys'],
    ['another artifact', build.sign(aStatement(`sha256:${'c'.repeat(64)}`)), 'about another artifact'],
    ['no statement', build.sign({ hello: 'world' }), 'no in-toto statement'],
    ['no subject', build.sign(aStatement(digest, { subject: [] })), 'no in-toto statement'],
  ])('that is %s is not believed, and says why', (...[, text, reason]) => {
    expect(verify(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('is not believed while no key is trusted', () => {
    expect(verify(JSON.stringify(signed()), [])).toMatchObject({ ok: false, reason: expect.stringContaining('No key is trusted') });
  });
});

describe('a key', () => {
  const pem = (type: 'ed25519' | 'x25519'): string =>
    (type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519')).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString();
  const rsa = (modulusLength: number): string =>
    generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

  test('of a curve, Ed25519 or long RSA is taken', () => {
    for (const one of [build.publicKey, pem('ed25519'), rsa(2_048)]) expect(readPublicKey(one)).not.toBeNull();
  });

  test('that is short, cannot sign, is private or is no key is refused', () => {
    const secret = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const one of [rsa(1_024), pem('x25519'), secret, 'no key', '']) expect(readPublicKey(one)).toBeNull();
  });
});
