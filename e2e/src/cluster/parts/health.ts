import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

import type { Region } from '../regions.ts';
import type { PartName } from './part.ts';

const timeoutMs = 5000;

/** The address that answers 200 when a part works. */
export function healthUrl(region: Region, name: PartName): string {
  const at: Readonly<Record<PartName, string>> = {
    etcd: `http://${region.address}:2379/health`,
    'kube-apiserver': `https://${region.address}/readyz`,
    'kube-controller-manager': `https://${region.address}:10257/healthz`,
    'kube-scheduler': `https://${region.address}:10259/healthz`,
    kwok: `http://${region.address}:10247/healthz`,
    'rollouts-controller': `http://127.0.0.1:${region.rolloutsPorts.health}/healthz`,
    containerd: `http://${region.address}:10246/v1/metrics`,
    kubelet: `http://${region.address}:10248/healthz`,
    'workflow-controller': 'http://127.0.0.1:6060/healthz',
  };
  return at[name];
}

/** What an address says about a part: null when it works, else the reason in a few words. `caPem` is the authority for `https://`. */
export async function illness(url: string, caPem: string): Promise<string | null> {
  const options = { timeout: timeoutMs, signal: AbortSignal.timeout(timeoutMs), agent: false } as const;
  return new Promise((resolve) => {
    const request = url.startsWith('https://') ? requestTls(url, { ...options, ca: caPem }) : requestPlain(url, options);
    request.once('error', (error) => resolve(`${url}: ${error.message}`));
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? null : `${url} answers ${response.statusCode ?? 'nothing'}`);
    });
    request.end();
  });
}
