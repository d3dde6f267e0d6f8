import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { z } from 'zod';
import { StartRefused } from './start-refused.ts';

const firstPort = 3000;
const portsTried = 100;

/** The wanted port of 127.0.0.1, or without a wish the first free one from 3000. A wanted port is refused when it is taken, or when no browser would open it. */
export async function portalPort(wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await isBlocked(wanted)) {
      throw new StartRefused(`Browsers open nothing on port ${wanted}, which belongs to another protocol. Give another one with --port.`);
    }
    if (await isFree(wanted)) return wanted;
    throw new StartRefused(`Port ${wanted} of 127.0.0.1 is taken. Give another one with --port, or leave --port out to get a free one.`);
  }
  for (let port = firstPort; port < firstPort + portsTried; port += 1) if (await isFree(port)) return port;
  throw new StartRefused(
    `The ports ${firstPort} to ${firstPort + portsTried - 1} of 127.0.0.1 are all taken. Give a free one with --port.`,
  );
}

const kept = z.record(z.string(), z.number().int().min(1).max(65_535));

/**
 * A port for each name, the same at each start as long as it is free: the addresses of the clusters are known to tools of people and must survive
 * a restart.
 */
export async function keptPorts<Name extends string>(path: string, names: readonly Name[]): Promise<Record<Name, number>> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const before = kept.safeParse(JSON.parse(text));
  const ports: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const last = before.success ? before.data[name] : undefined;
    ports[name] = last !== undefined && (await isFree(last)) ? last : await anyFree();
  }
  await writeFile(path, JSON.stringify(ports));
  // Every name has got its port in the loop above.
  return ports as Record<Name, number>;
}

/** Whether it is a "bad port" of the Fetch standard, whose list browsers share with Node's own fetch. */
async function isBlocked(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}`, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(1_000) });
    return false;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
  }
}

function isFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

/** Any port of 127.0.0.1 that nothing listens on. */
export function anyFree(): Promise<number> {
  return listen(0);
}

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
