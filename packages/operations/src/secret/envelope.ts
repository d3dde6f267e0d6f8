import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { FlowError } from '@flow/core/fault';

/** Where a secret lives: it opens only there, so that a ciphertext copied to another row is worth nothing. */
export interface SecretPlace {
  table: string;
  column: string;
  rowId: string;
}

/** Seals secrets under the key of the installation, and opens what was sealed under it or, while the key is changed, under the one before. */
export interface Sealer {
  /** `v1.<key id>.<wrapped data key>.<ciphertext>`, all base64url. */
  seal(plaintext: string, place: SecretPlace): string;
  /** The secret, or a FlowError of the configuration when the key or the place is another one. */
  open(sealed: string, place: SecretPlace): string;
  /** The same secret with its data key wrapped by the key of the installation; null when it is already. The secret itself is not opened. */
  rewrap(sealed: string, place: SecretPlace): string | null;
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

/** A key that wraps data keys, and the name by which a sealed secret says which one wrapped it. */
interface WrappingKey {
  id: string;
  key: Uint8Array;
}

interface Sealed {
  keyId: string;
  wrapped: Buffer;
  body: string;
}

/**
 * AES-256-GCM envelopes: each secret has a data key of its own, wrapped by a key that is derived from `encryptionKey` (FLOW_ENCRYPTION_KEY).
 * Both layers are bound to the place of the secret. `previousKey` (FLOW_ENCRYPTION_KEY_PREVIOUS) opens what is not wrapped anew yet; nothing is sealed
 * under it.
 */
export function createSealer(encryptionKey: string, previousKey: string | null = null): Sealer {
  const current = deriveKey(encryptionKey, 'FLOW_ENCRYPTION_KEY');
  const known = [current, ...(previousKey === null ? [] : [deriveKey(previousKey, 'FLOW_ENCRYPTION_KEY_PREVIOUS')])];
  const wrap = (dataKey: Uint8Array, place: SecretPlace): string =>
    `v1.${current.id}.${encrypt(current.key, dataKey, `${current.id}|${placeText(place)}`).toString('base64url')}`;
  return {
    seal(plaintext, place) {
      const dataKey = randomBytes(32);
      const body = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), placeText(place));
      return `${wrap(dataKey, place)}.${body.toString('base64url')}`;
    },
    open(text, place) {
      const sealed = parse(text);
      const dataKey = unwrap(known, sealed, place);
      return unlessChanged(() => decrypt(dataKey, Buffer.from(sealed.body, 'base64url'), placeText(place)).toString('utf8'));
    },
    rewrap(text, place) {
      const sealed = parse(text);
      return sealed.keyId === current.id ? null : `${wrap(unwrap(known, sealed, place), place)}.${sealed.body}`;
    },
  };
}

function deriveKey(text: string, name: string): WrappingKey {
  if (text.length < 32)
    throw new FlowError({
      code: 'precondition',
      owner: 'configuration',
      message: `${name} must have at least 32 characters of randomness`,
    });
  const key = new Uint8Array(hkdfSync('sha256', text, 'flow', 'secret envelope v1', 32));
  return { id: createHash('sha256').update(key).digest('base64url').slice(0, 8), key };
}

function parse(text: string): Sealed {
  const [version, keyId = '', wrapped = '', body = ''] = text.split('.');
  if (version !== 'v1') throw cannotOpen('it was sealed by another version of Flow');
  return { keyId, wrapped: Buffer.from(wrapped, 'base64url'), body };
}

function unwrap(known: readonly WrappingKey[], sealed: Sealed, place: SecretPlace): Buffer {
  const wrapping = known.find((key) => key.id === sealed.keyId);
  if (wrapping === undefined) throw cannotOpen('it was sealed under another FLOW_ENCRYPTION_KEY');
  return unlessChanged(() => decrypt(wrapping.key, sealed.wrapped, `${wrapping.id}|${placeText(place)}`));
}

function unlessChanged<T>(decrypted: () => T): T {
  try {
    return decrypted();
  } catch (cause) {
    throw cannotOpen('it was changed or belongs to another row', cause);
  }
}

function cannotOpen(why: string, cause?: unknown): FlowError {
  return new FlowError({ code: 'precondition', owner: 'configuration', message: `A stored secret cannot be opened: ${why}`, cause });
}
