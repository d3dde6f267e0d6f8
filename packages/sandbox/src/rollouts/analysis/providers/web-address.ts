import type { SandboxContext } from '../../../store/index.ts';
import { processPort, readTrafficQuery, trafficReport } from '../../../workloads/index.ts';

/** Where a web metric gets its answer: from a call inside the sandbox, or from an address of this machine. */
export type WebAddress =
  | { kind: 'answer'; status: number; body: string }
  | { kind: 'request'; url: URL }
  | { kind: 'refused'; message: string };

const OWN_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Resolves the URL of a web metric: `metrics.sandbox` is the sandbox's own measurements, `service.namespace[.svc[.cluster.local]]` the loopback
 * address of that Service. Other hosts than this machine are refused: the sandbox reaches nothing outside.
 */
export function resolveWebAddress(ctx: SandboxContext, text: string): WebAddress {
  if (!URL.canParse(text)) return { kind: 'refused', message: `"${text}" is not a URL` };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { kind: 'refused', message: `unsupported protocol scheme "${url.protocol}"` };
  if (url.hostname === 'metrics.sandbox') return ownMetrics(ctx, url);
  if (OWN_MACHINE.has(url.hostname)) return { kind: 'request', url };
  const [service = '', namespace, svc, ...rest] = url.hostname.split('.');
  const isServiceName =
    namespace !== undefined && (svc === undefined || svc === 'svc') && (rest.length === 0 || rest.join('.') === 'cluster.local');
  if (!isServiceName) {
    return {
      kind: 'refused',
      message: `the sandbox cannot reach ${url.hostname}: use metrics.sandbox, a Service as <service>.<namespace>.svc, or this machine`,
    };
  }
  return ofService(ctx, url, { namespace, name: service });
}

function ownMetrics(ctx: SandboxContext, url: URL): WebAddress {
  const answer = (status: number, body: unknown): WebAddress => ({ kind: 'answer', status, body: JSON.stringify(body) });
  if (url.pathname !== '/traffic') return answer(404, { error: 'metrics.sandbox serves /traffic' });
  const query = readTrafficQuery(url.searchParams);
  if (typeof query === 'string') return answer(400, { error: query });
  const report = trafficReport(ctx, query);
  return report === undefined ? answer(404, { error: `service "${query.namespace}/${query.service}" not found` }) : answer(200, report);
}

function ofService(ctx: SandboxContext, url: URL, key: { namespace: string; name: string }): WebAddress {
  const service = ctx.store.get('services', key);
  if (service === undefined) return { kind: 'refused', message: `dial tcp: lookup ${url.hostname}: no such host` };
  const port = processPort(service);
  if (port === undefined) {
    return { kind: 'refused', message: `connect: connection refused: Service ${key.namespace}/${key.name} has no local process behind it` };
  }
  const local = new URL(url);
  local.protocol = 'http:';
  local.hostname = '127.0.0.1';
  local.port = String(port);
  return { kind: 'request', url: local };
}
