import { checkNames, helmPlaces, locateHelm, runHelm } from '../helm/index.ts';

export interface RenderRequest {
  /** Folder or archive of the chart. */
  chart: string;
  values: Readonly<Record<string, unknown>>;
  namespace: string;
  releaseName: string;
  /** Folder for short-lived homes of helm. */
  homeDir: string;
  binary?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

const defaultTimeoutMs = 60_000;

/** The manifest that an upgrade with these values applies, without asking any cluster. Faults of chart and values are thrown with helm's own line. */
export async function renderChart(request: RenderRequest): Promise<string> {
  checkNames({ namespace: request.namespace, name: request.releaseName });
  return runHelm({
    binary: request.binary ?? (await locateHelm(helmPlaces())),
    homeDir: request.homeDir,
    connection: null,
    args: ['template', '--namespace', request.namespace, '--values', '-', '--', request.releaseName, request.chart],
    input: JSON.stringify(request.values),
    timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
    signal: request.signal,
    what: `rendering of ${request.releaseName}`,
  });
}
