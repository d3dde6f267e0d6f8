import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * Every range of the IANA registries of special-purpose addresses (RFC 6890 and what updated it), multicast among them: none of them is somewhere on the
 * internet. Addresses that carry another one inside (v4-mapped, NAT64, 6to4, Teredo) are refused as a whole.
 */
const special: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['::ffff:0:0', 96],
  ['::ffff:0:0:0', 96],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

function blockListOf(ranges: readonly (readonly [string, number])[]): { v4: BlockList; v6: BlockList } {
  // Two lists: one list takes a v4-mapped address for its v4 range and the other way round.
  const lists = { v4: new BlockList(), v6: new BlockList() };
  for (const [network, prefix] of ranges) {
    const family = familyOf(network);
    lists[family === 'ipv4' ? 'v4' : 'v6'].addSubnet(network, prefix, family);
  }
  return lists;
}

const refused = blockListOf(special);

/** Whether the address, as text, lies in a special range or is no address at all: nothing is sent there unless it is allowed by name. */
export function isSpecialAddress(address: string): boolean {
  const plain = address.split('%')[0] ?? '';
  if (isIP(plain) === 0) return true;
  return isIPv4(plain) ? refused.v4.check(plain, 'ipv4') : refused.v6.check(plain, 'ipv6');
}

/** What an operator allows although it would be refused: hosts by name, and ranges of addresses. */
export interface AllowedPlaces {
  hosts: ReadonlySet<string>;
  covers: (address: string) => boolean;
}

/** Reads the operator's list: `mail.internal, 10.1.0.0/16, 127.0.0.1`. What cannot be read is answered as a sentence. */
export function readAllowedPlaces(text: string): { ok: true; places: AllowedPlaces } | { ok: false; message: string } {
  const entries = text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  const ranges: (readonly [string, number])[] = [];
  const hosts = new Set<string>();
  for (const entry of entries) {
    const range = readRange(entry);
    if (range !== null) ranges.push(range);
    else if (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(entry)) hosts.add(entry);
    else return { ok: false, message: `"${entry}" is neither a host name nor a range of addresses` };
  }
  const lists = blockListOf(ranges);
  const covers = (address: string): boolean => (isIPv4(address) ? lists.v4.check(address, 'ipv4') : lists.v6.check(address, 'ipv6'));
  return { ok: true, places: { hosts, covers: (address) => isIP(address) !== 0 && covers(address) } };
}

function readRange(entry: string): readonly [string, number] | null {
  const [network = '', bits, ...rest] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || rest.length > 0) return null;
  const widest = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? widest : Number(bits);
  return Number.isInteger(prefix) && prefix >= 0 && prefix <= widest && bits !== '' ? [network, prefix] : null;
}
