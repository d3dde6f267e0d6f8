import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { checkpointBody, readCheckpoint, signedNote } from '@flow/core/audit';
import type { Checkpoint, SignedCheckpoint } from '@flow/core/audit';
import { FlowError } from '@flow/core/fault';

/** Signs the ends of chains. */
export interface CheckpointSigner {
  /** The whole note. */
  sign(checkpoint: Checkpoint): string;
  verifier: CheckpointVerifier;
}

/** Tells the notes of one key from others. */
export interface CheckpointVerifier {
  /** The public key as C2SP signed-note writes it: give it to whoever keeps checkpoints. */
  text: string;
  /** The checkpoint of a note that this key has signed; null for any other text. */
  read(note: string): Checkpoint | null;
  holds(signed: SignedCheckpoint): boolean;
}

const keyName = 'flow-audit';
const publicKeyText = /^flow-audit\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;
const ed25519 = 1;
// How PKCS #8 and SPKI wrap a bare Ed25519 key (RFC 8410).
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Makes the signer from the operator's secret: any text of at least 32 random characters. The database never sees it. */
export function checkpointSigner(secret: string): CheckpointSigner {
  const seed = createHash('sha256').update(`flow audit checkpoints\n${secret}`).digest();
  const privateKey = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });
  const publicBytes = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
  const verifier = verifierOf(publicBytes);
  return {
    verifier,
    sign(checkpoint) {
      const body = checkpointBody(checkpoint);
      const signature = sign(null, Buffer.from(body), privateKey);
      return signedNote(body, { keyName, keyAndSignature: Buffer.concat([keyIdOf(publicBytes), signature]).toString('base64') });
    },
  };
}

/** Reads a public key, `flow-audit+1a2b3c4d+…`. */
export function checkpointVerifier(text: string): CheckpointVerifier {
  const [, keyId = '', encoded = ''] = publicKeyText.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const publicBytes = bytes.subarray(1);
  if (bytes[0] !== ed25519 || publicBytes.length !== 32 || keyIdOf(publicBytes).toString('hex') !== keyId)
    throw new FlowError({
      code: 'invalid',
      owner: 'configuration',
      message: `This is no public key of checkpoints: it looks like ${keyName}+1a2b3c4d+…`,
    });
  return verifierOf(publicBytes);
}

function verifierOf(publicBytes: Buffer): CheckpointVerifier {
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicBytes]), format: 'der', type: 'spki' });
  const keyId = keyIdOf(publicBytes);
  const holds = (signed: SignedCheckpoint): boolean =>
    signed.signatures.some((one) => one.keyName === keyName && isSigned(signed.body, one.keyAndSignature, { key, keyId }));
  return {
    text: `${keyName}+${keyId.toString('hex')}+${Buffer.concat([Buffer.from([ed25519]), publicBytes]).toString('base64')}`,
    holds,
    read(note) {
      const signed = readCheckpoint(note);
      return signed !== null && holds(signed) ? signed.checkpoint : null;
    },
  };
}

function isSigned(body: string, keyAndSignature: string, { key, keyId }: { key: KeyObject; keyId: Buffer }): boolean {
  const bytes = Buffer.from(keyAndSignature, 'base64');
  return bytes.subarray(0, 4).equals(keyId) && verify(null, Buffer.from(body), key, bytes.subarray(4));
}

/** Four bytes that name a key: of SHA-256 over its name, a new line, its kind and the key. */
function keyIdOf(publicBytes: Buffer): Buffer {
  return createHash('sha256')
    .update(Buffer.concat([Buffer.from(`${keyName}\n`), Buffer.from([ed25519]), publicBytes]))
    .digest()
    .subarray(0, 4);
}
