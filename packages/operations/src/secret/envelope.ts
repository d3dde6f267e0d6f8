import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { FlowError } from '@flow/core/fault';

/** Where a secret lives: it opens only there, so that a ciphertext copied to another row is worth nothing. */
export interface SecretPlace {
  table: string;
  column: string;
  rowId: string;
}

/** Seals and opens secrets under one key of the installation. */
export interface Sealer {
  /** `v1.<key id>.<wrapped data key>.<ciphertext>`, all base64url. */
  seal(plaintext: string, place: SecretPlace): string;
  /** The secret, or a FlowError of the configuration when the key or the place is another one. */
  open(sealed: string, place: SecretPlace): string;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Names of fields come first and lengths are fixed by the separator, which no id contains. */
function placeText(place: SecretPlace): string {
  return `${place.table}|${place.column}|${place.rowId}`;
}

function encrypt(key: Uint8Array, plaintext: Uint8Array, aad: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const encryption = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(aad));
  const body = Buffer.concat([encryption.update(plaintext), encryption.final()]);
  return Buffer.concat([nonce, encryption.getAuthTag(), body]);
}

function decrypt(key: Uint8Array, sealed: Buffer, aad: string): Buffer {
  const decryption = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes)).setAAD(Buffer.from(aad));
  decryption.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decryption.update(sealed.subarray(nonceBytes + tagBytes)), decryption.final()]);
}

/**
 * AES-256-GCM envelopes: each secret has a data key of its own, wrapped by a key that is derived from `encryptionKey` (FLOW_ENCRYPTION_KEY).
 * Both layers are bound to the place of the secret.
 */
export function createSealer(encryptionKey: string): Sealer {
  if (encryptionKey.length < 32) {
    throw new FlowError({
      code: 'precondition',
      owner: 'configuration',
      message: 'FLOW_ENCRYPTION_KEY must have at least 32 characters of randomness',
    });
  }
  const wrappingKey = new Uint8Array(hkdfSync('sha256', encryptionKey, 'flow', 'secret envelope v1', 32));
  const keyId = createHash('sha256').update(wrappingKey).digest('base64url').slice(0, 8);
  return {
    seal(plaintext, place) {
      const dataKey = randomBytes(32);
      const wrapped = encrypt(wrappingKey, dataKey, `${keyId}|${placeText(place)}`);
      const body = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), placeText(place));
      return `v1.${keyId}.${wrapped.toString('base64url')}.${body.toString('base64url')}`;
    },
    open(sealed, place) {
      const [version, sealedWith, wrapped = '', body = ''] = sealed.split('.');
      if (version !== 'v1' || sealedWith !== keyId) throw cannotOpen('it was sealed under another FLOW_ENCRYPTION_KEY');
      try {
        const dataKey = decrypt(wrappingKey, Buffer.from(wrapped, 'base64url'), `${keyId}|${placeText(place)}`);
        return decrypt(dataKey, Buffer.from(body, 'base64url'), placeText(place)).toString('utf8');
      } catch (cause) {
        throw cannotOpen('it was changed or belongs to another row', cause);
      }
    },
  };
}

function cannotOpen(why: string, cause?: unknown): FlowError {
  return new FlowError({ code: 'precondition', owner: 'configuration', message: `A stored secret cannot be opened: ${why}`, cause });
}
