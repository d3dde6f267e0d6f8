import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { addressOf } from './address.ts';

const from = (forwarded: string | undefined) => {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '10.0.0.1' });
  return { socket, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } };
};

test.each([
  ['without a proxy, what a client says of itself is not read', '198.51.100.1', 0, '10.0.0.1'],
  ['behind one proxy, the last entry counts, not what the client wrote before it', '203.0.113.9, 198.51.100.1', 1, '198.51.100.1'],
  ['behind two, the one before the last', '203.0.113.9, 198.51.100.1, 10.0.0.2', 2, '198.51.100.1'],
  ['of a request that came past the proxies, the connection', undefined, 1, '10.0.0.1'],
  ['of a header that holds no address, the connection', 'unknown', 1, '10.0.0.1'],
  ['IPv6 is read too', '2001:db8::1', 1, '2001:db8::1'],
])('%s', (...[, forwarded, hops, address]) => {
  expect(addressOf(from(forwarded), hops)).toBe(address);
});
