import { FlowError } from '@flow/core/fault';
import type { ClusterConnection } from '../kubeconfig/index.ts';
import { helmPlaces } from './env.ts';
import { locateHelm } from './locate-helm.ts';
import { runHelm, type HelmCall } from './run-helm.ts';

export interface ReleaseRef {
  namespace: string;
  name: string;
}
export interface CallOptions {
  /** Longest time of the whole call in milliseconds. Default 5 minutes. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}
export interface UpgradeRequest extends ReleaseRef, CallOptions {
  /** Folder or archive of the chart on this machine. */
  chart: string;
  /** All values: nothing of an earlier release is kept. */
  values: Readonly<Record<string, unknown>>;
  /** Written to the label and the description of the revision, so that after a crash it can be told whether this call was made. */
  deploymentId: string;
}

/** The helm of one cluster. It never waits for objects to become ready: Flow watches them itself. */
export interface Helm {
  readonly binary: string;
  upgradeInstall(request: UpgradeRequest): Promise<void>;
  /** Makes a new revision with the content of an older one. */
  rollback(ref: ReleaseRef & CallOptions & { revision: number }): Promise<void>;
  /** A release that is not there is done. */
  uninstall(ref: ReleaseRef & CallOptions): Promise<void>;
}

/** Label of the Secret of a release revision that names the deployment which made it. */
export const deploymentLabel = 'flow.dev/deployment';

const defaultTimeoutMs = 5 * 60_000;
const historyMax = '20';
const releaseName = /^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/;
const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Finds helm (see `locateHelm`) unless `binary` names one, and binds it to a cluster. `homeDir` holds short-lived credentials: keep it private. */
export async function createHelm(options: { connection: ClusterConnection; homeDir: string; binary?: string }): Promise<Helm> {
  const binary = options.binary ?? (await locateHelm(helmPlaces()));
  const run = (ref: ReleaseRef & CallOptions, call: Pick<HelmCall, 'args' | 'what'> & { input?: string }): Promise<string> => {
    checkNames(ref);
    const timeoutMs = ref.timeoutMs ?? defaultTimeoutMs;
    const limit = ['--namespace', ref.namespace, '--timeout', `${Math.ceil(timeoutMs / 1000)}s`];
    const [verb = '', ...rest] = call.args;
    const what = `${call.what} of ${ref.name} in ${ref.namespace}`;
    return runHelm({
      binary,
      homeDir: options.homeDir,
      connection: options.connection,
      ...call,
      args: [verb, ...limit, ...rest],
      what,
      timeoutMs,
      signal: ref.signal,
    });
  };
  return {
    binary,
    async upgradeInstall(request) {
      const marks = [
        '--labels',
        `${deploymentLabel}=${label(request.deploymentId)}`,
        '--description',
        `${deploymentLabel}=${request.deploymentId}`,
      ];
      const how = [
        '--install',
        '--server-side=false',
        '--reset-values',
        '--values',
        '-',
        '--history-max',
        historyMax,
        '--hide-notes',
        '--output',
        'json',
      ];
      await run(request, {
        what: 'upgrade',
        args: ['upgrade', ...how, ...marks, '--', request.name, request.chart],
        input: JSON.stringify(request.values),
      });
    },
    async rollback(ref) {
      await run(ref, {
        what: 'rollback',
        args: ['rollback', '--server-side=false', '--history-max', historyMax, '--', ref.name, String(ref.revision)],
      });
    },
    async uninstall(ref) {
      await run(ref, { what: 'removal', args: ['uninstall', '--ignore-not-found', '--', ref.name] });
    },
  };
}

/** Names become arguments and parts of addresses: only those that Kubernetes takes go on. */
export function checkNames(ref: ReleaseRef): void {
  if (!releaseName.test(ref.name))
    throw new FlowError({
      code: 'invalid',
      message: `${JSON.stringify(ref.name)} is not a name of a release: lower-case letters, digits and dashes, at most 53`,
    });
  if (!namespaceName.test(ref.namespace))
    throw new FlowError({
      code: 'invalid',
      message: `${JSON.stringify(ref.namespace)} is not a namespace: lower-case letters, digits and dashes, at most 63`,
    });
}

function label(deploymentId: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(deploymentId)) return deploymentId;
  throw new FlowError({ code: 'invalid', message: 'The id of the deployment does not fit into a label' });
}
