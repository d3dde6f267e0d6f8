import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { FlowError } from '@flow/core/fault';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutbound, readAllowedPlaces } from './index.ts';
import type { AllowedPlaces, Outbound } from './index.ts';
import { isSpecialAddress } from './special-ranges.ts';

/** Stands where nothing may be called: it counts who comes. */
let trap: Server;
let port = 0;
let calls = 0;
let connections = 0;
beforeAll(async () => {
  trap = createServer((request, response) => {
    calls += 1;
    if (request.url === '/elsewhere') response.writeHead(302, { location: '/landed' }).end();
    else if (request.url === '/large') response.end('x'.repeat(2_000));
    else if (request.url === '/never') response.flushHeaders();
    else response.end('here');
  });
  trap.on('connection', () => (connections += 1));
  await new Promise<void>((done) => trap.listen(0, '127.0.0.1', done));
  const address = trap.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  trap.closeAllConnections();
  trap.close();
});
beforeEach(() => {
  [calls, connections] = [0, 0];
});

function places(text: string): AllowedPlaces {
  const read = readAllowedPlaces(text);
  if (!read.ok) throw new Error(read.message);
  return read.places;
}
const opened = (over: Partial<Parameters<typeof createOutbound>[0]> = {}): Outbound =>
  createOutbound({ allowed: places(''), resolve: async () => ['127.0.0.1'], ...over });
async function messageOf(outbound: Outbound, url: string): Promise<string> {
  try {
    const { status } = await outbound.send({ method: 'POST', url, body: '{}' });
    return `answered ${status}`;
  } catch (error) {
    return error instanceof FlowError ? error.message : String(error);
  }
}

/** One address or more of every special range of IANA, at both ends where it matters. */
const special = [
  ['0.0.0.0', '0.255.255.255', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
  ['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.31.196.1', '192.52.193.1', '192.88.99.1'],
  ['192.168.1.1', '192.175.48.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.1.1.1'],
  ['240.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1'],
  ['64:ff9b::808:808', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '2620:4f:8000::1', '3fff::1'],
  ['5f00::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
].flat();

describe('addresses', () => {
  test('every special range is known, and the internet is none', () => {
    expect(special.filter((address) => !isSpecialAddress(address))).toEqual([]);
    for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '198.20.0.1', '2606:4700::1111', '2a00:1450::1'])
      expect([address, isSpecialAddress(address)]).toEqual([address, false]);
    expect(isSpecialAddress('not an address')).toBe(true);
  });

  test('no notation of a special address is connected to, and all are refused with one sentence', async () => {
    await using outbound = opened();
    const v6 = special.filter((address) => address.includes(':') && !address.includes('%'));
    const v4 = special.filter((address) => !address.includes(':'));
    const numbers = v4.map((address) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0));
    const forms = [
      ...v4.flatMap((address) => [address, `${address}.`, address.replace(/^(\d+)/, (first) => `0x${Number(first).toString(16)}`)]),
      ...numbers.flatMap((number) => [String(number), `0x${number.toString(16)}`, `0${number.toString(8)}`]),
      ...v6.map((address) => `[${address}]`),
      '127.1',
      '127.0.1',
      '017700000001',
      '127。0。0。1',
      '①②⑦.⓪.⓪.①',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:0:0:1]',
      '%31%32%37.0.0.1',
    ];
    const messages = await Promise.all(forms.map((form) => messageOf(outbound, `https://${form}:${port}/hook`)));
    expect([...new Set(messages)]).toEqual(['The address cannot be reached']);
    expect(forms.length).toBeGreaterThan(150);
    expect(connections).toBe(0);
  });

  test('a name is judged by what it resolves to when it is connected to', async () => {
    for (const answer of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1'], ['64:ff9b::7f00:1'], []]) {
      await using outbound = opened({ resolve: async () => answer });
      for (const host of ['localhost', 'ⓛocalhost', 'inside.example', 'inside.example.', 'a_b.example', 'LOCALHOST'])
        expect(await messageOf(outbound, `https://${host}:${port}/`)).toBe('The address cannot be reached');
    }
    expect(connections).toBe(0);
  });

  test('a name that changes its answer between the check and the call reaches only what was checked', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    await using outbound = opened({ allowed: places('127.0.0.0/8'), resolve: async () => answers.shift() ?? [] });
    expect(await messageOf(outbound, `https://twice.example:${port}/`)).toBe('The address cannot be reached');
    expect(answers).toHaveLength(1);
    expect(calls).toBe(0);
  });
});

describe('calls', () => {
  const allowed = () => opened({ allowed: places('127.0.0.1') });
  const here = (path: string) => `http://127.0.0.1:${port}${path}`;

  test('what the operator allows is called, over http too, by address and by name', async () => {
    await using outbound = allowed();
    expect(await outbound.send({ method: 'POST', url: here('/'), body: '{}' })).toEqual({ status: 200, body: 'here' });
    await using named = opened({ allowed: places('gateway.test') });
    expect((await named.send({ method: 'GET', url: `http://gateway.test:${port}/` })).body).toBe('here');
    expect(await messageOf(named, `http://other.test:${port}/`)).toContain('https://');
    expect(calls).toBe(2);
  });

  test('a redirect is an answer and is not followed', async () => {
    await using outbound = allowed();
    expect((await outbound.send({ method: 'GET', url: here('/elsewhere') })).status).toBe(302);
    expect(calls).toBe(1);
  });

  test('too large, too slow, other schemes and addresses with a password are refused', async () => {
    await using outbound = createOutbound({ allowed: places('127.0.0.1'), maxBytes: 1_000, timeoutMs: 300 });
    expect(await messageOf(outbound, here('/large'))).toBe('The address cannot be reached');
    expect(await messageOf(outbound, here('/never'))).toBe('The address cannot be reached');
    for (const url of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'javascript:alert(1)', 'data:,x', 'nothing', ''])
      expect(await messageOf(outbound, url)).toContain('https://');
    expect(await messageOf(outbound, `http://a:b@127.0.0.1:${port}/`)).toContain('password');
  });

  test('a stop ends what is under way', async () => {
    await using outbound = allowed();
    const stop = new AbortController();
    const sent = outbound.send({ method: 'GET', url: here('/never'), signal: stop.signal });
    stop.abort();
    await expect(sent).rejects.toThrow('aborted');
  });
});

test('the list of allowed places names hosts and ranges, and what it cannot be is told', () => {
  const read = places('Gateway.test, 10.1.0.0/16, fd00::/8, 127.0.0.1');
  expect(read.hosts.has('gateway.test')).toBe(true);
  for (const address of ['10.1.2.3', 'fd00::1', '127.0.0.1']) expect(read.covers(address)).toBe(true);
  for (const address of ['10.2.0.1', 'fc00::1', '127.0.0.2', 'gateway.test']) expect(read.covers(address)).toBe(false);
  for (const text of ['10.0.0.0/33', 'http://a', 'a b', '10.0.0.0/']) expect(readAllowedPlaces(text).ok).toBe(false);
});
