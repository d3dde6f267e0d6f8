import { dirname, delimiter } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Secrets } from './secrets.ts';

/** What the processes are told about this start. */
export interface Settings {
  databaseUrl: string;
  secrets: Secrets;
  stateDir: string;
  webHost: string;
  webPort: number;
  publicUrl: string;
  isDemo: boolean;
  isDevelopment: boolean;
  isVerbose: boolean;
}

type Environment = Readonly<Record<string, string>>;

/** Of the start's own environment, only these reach every process. */
const passedToAll = [
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;
const passedToWeb = [
  'FLOW_OIDC_ISSUER',
  'FLOW_OIDC_CLIENT_ID',
  'FLOW_OIDC_CLIENT_SECRET',
  'FLOW_OIDC_NAME',
  'FLOW_TRUSTED_HOPS',
  'FLOW_RATE_SCALE',
  'FLOW_METRICS_HOST',
  'FLOW_OTLP_ENDPOINT',
  'FLOW_TRACES_SHARE',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'FLOW_WEB_METRICS_PORT',
  'FLOW_OUTBOUND_ALLOW',
] as const;
const passedToWorker = [
  'FLOW_STEP_IMAGE',
  'FLOW_METRICS_HOST',
  'FLOW_OTLP_ENDPOINT',
  'FLOW_TRACES_SHARE',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'FLOW_WORKER_METRICS_PORT',
  'FLOW_GIT_ALLOW',
  'FLOW_SMTP_URL',
  'FLOW_SMTP_FROM',
  'FLOW_OUTBOUND_ALLOW',
  'FLOW_AUDIT_CHECKPOINT_FILE',
  'FLOW_KEEP_LOGS_DAYS',
  'KUBECONFIG',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSH_AUTH_SOCK',
] as const;
const passedToSeed = ['FLOW_DEMO_REPOSITORY_URL', 'FLOW_DEMO_MEASUREMENTS_URL'] as const;
const passedToSandbox = ['FLOW_SANDBOX_POD_LOG_MAX_BYTES'] as const;

/** What every process gets. */
export function commonEnvironment(own: NodeJS.ProcessEnv, isDevelopment: boolean): Environment {
  return {
    ...picked(own, passedToAll),
    // The Node of this start comes first, for what the processes start in their turn.
    PATH: [dirname(process.execPath), own['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    NODE_ENV: isDevelopment ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    CHECKPOINT_DISABLE: '1',
    DO_NOT_TRACK: '1',
  };
}

/** The web process: the only one that knows the secret of the sessions. */
export function webEnvironment(own: NodeJS.ProcessEnv, settings: Settings): Environment {
  return {
    ...commonEnvironment(own, settings.isDevelopment),
    ...picked(own, passedToWeb),
    ...database(settings),
    ...auditKey(settings),
    FLOW_SECRET: settings.secrets.secret,
    FLOW_DEMO: settings.isDemo ? '1' : '0',
    FLOW_DEV: settings.isDevelopment ? '1' : '0',
    FLOW_WEB_HOST: settings.webHost,
    FLOW_WEB_PORT: String(settings.webPort),
    FLOW_PUBLIC_URL: settings.publicUrl,
    FLOW_LOG_LEVEL: logLevel(own, settings),
  };
}

/** The worker. In the demo it may also read the repositories below the state folder. */
export function workerEnvironment(own: NodeJS.ProcessEnv, settings: Settings): Environment {
  const allowed = picked(own, passedToWorker);
  const demoGit = settings.isDemo
    ? { FLOW_GIT_ALLOW: [demoRepositories(settings.stateDir), allowed['FLOW_GIT_ALLOW'] ?? ''].filter(Boolean).join(',') }
    : {};
  return {
    ...commonEnvironment(own, settings.isDevelopment),
    ...allowed,
    ...demoGit,
    ...database(settings),
    ...auditKey(settings),
    FLOW_STATE_DIR: settings.stateDir,
    FLOW_PUBLIC_URL: settings.publicUrl,
    FLOW_LOG_LEVEL: logLevel(own, settings),
  };
}

/** The sandbox: no secret and no database. */
export function sandboxEnvironment(own: NodeJS.ProcessEnv, isDevelopment: boolean): Environment {
  return { ...commonEnvironment(own, isDevelopment), ...picked(own, passedToSandbox) };
}

/** The clusters of the demo: the sandbox's, each with its kubeconfig, or those of the contexts of one file. */
export type DemoClusters = { sandboxKubeconfigs: readonly string[] } | { kubeconfigPath: string };

/** What makes the demo. */
export function seedEnvironment(own: NodeJS.ProcessEnv, settings: Settings, clusters: DemoClusters): Environment {
  return {
    ...commonEnvironment(own, settings.isDevelopment),
    ...picked(own, passedToSeed),
    ...database(settings),
    FLOW_DEMO: '1',
    FLOW_STATE_DIR: settings.stateDir,
    FLOW_PUBLIC_URL: settings.publicUrl,
    ...('kubeconfigPath' in clusters
      ? { FLOW_DEMO_KUBECONFIG: clusters.kubeconfigPath }
      : { FLOW_SANDBOX_KUBECONFIGS: clusters.sandboxKubeconfigs.join(',') }),
  };
}

function database({ databaseUrl, secrets }: Settings): Environment {
  const previous = secrets.previousEncryptionKey;
  return {
    DATABASE_URL: databaseUrl,
    FLOW_ENCRYPTION_KEY: secrets.encryptionKey,
    ...(previous === undefined ? {} : { FLOW_ENCRYPTION_KEY_PREVIOUS: previous }),
  };
}

/** What signs the ends of the record, and tells that they were signed. */
function auditKey({ secrets }: Settings): Environment {
  return secrets.auditKey === null ? {} : { FLOW_AUDIT_KEY: secrets.auditKey };
}

function demoRepositories(stateDir: string): string {
  return `${pathToFileURL(stateDir).href}/git/`;
}

function logLevel(own: NodeJS.ProcessEnv, { isVerbose }: Settings): string {
  return own['FLOW_LOG_LEVEL'] ?? (isVerbose ? 'debug' : 'info');
}

function picked(own: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = own[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
