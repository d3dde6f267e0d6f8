import { connect } from 'node:net';
import type { Probe } from '../model/pod-view.ts';

/** Asks once whether the process on this port is well: its `httpGet` answers 2xx or 3xx, else the port accepts a connection. */
export async function probeOnce(probe: Probe | undefined, port: number): Promise<boolean> {
  const timeoutMs = (probe?.timeoutSeconds ?? 1) * 1000;
  if (probe?.httpGet === undefined) return canConnect(port, timeoutMs);
  const { path, httpHeaders = [] } = probe.httpGet;
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path.startsWith('/') ? '' : '/'}${path}`, {
      headers: { 'user-agent': 'kube-probe/sandbox', ...Object.fromEntries(httpHeaders.map((header) => [header.name, header.value])) },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.status >= 200 && response.status < 400;
  } catch {
    return false;
  }
}

async function canConnect(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs });
    const settle = (isWell: boolean) => (): void => {
      socket.destroy();
      resolve(isWell);
    };
    socket.on('connect', settle(true)).on('error', settle(false)).on('timeout', settle(false));
  });
}
