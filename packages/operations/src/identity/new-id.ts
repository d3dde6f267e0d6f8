import { randomBytes } from 'node:crypto';
import { millisecondsNow } from './clock.ts';

/**
 * A new id: 48 bits of time and 72 random ones, in lower-case base 32 without look-alikes, so that ids sort by the time of their making and are fit for
 * names of Kubernetes objects and labels.
 */
export function newId(): string {
  const time = encode(BigInt(millisecondsNow()), 10);
  const random = encode(BigInt(`0x${randomBytes(9).toString('hex')}`), 15);
  return `${time}${random}`;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

function encode(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = `${alphabet[Number(rest % 32n)] ?? '0'}${text}`;
    rest /= 32n;
  }
  return text;
}
