import { isIPv6 } from 'node:net';

/** What stands for an address when it is counted: of IPv6 the first 64 bits, since one household has all that begin so (RFC 6177). */
export function addressKey(address: string | null): string {
  if (address === null || address === '') return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? firstGroups(address.split('%')[0] ?? '') : address;
}

function firstGroups(address: string): string {
  const [left = '', right] = address.toLowerCase().split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
