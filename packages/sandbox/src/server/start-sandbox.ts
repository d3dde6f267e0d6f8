import { join } from 'node:path';
import type { SandboxContext, SandboxLog } from '../store/context.ts';
import { createClock } from '../store/create-clock.ts';
import { createStore, type WatchableStore } from '../store/create-store.ts';
import { createFileJournal } from '../store/journal/file-journal.ts';
import type { PodLogs } from '../store/pod-logs.ts';
import type { Clock, Controller } from '../store/store.ts';
import { createAdmission } from './admission/admission.ts';
import { startApiServer } from './api-server.ts';
import { loadOrCreateCertificate } from './gate/certificates.ts';
import { ADMIN_RULES, type TokenGrant } from './gate/identity.ts';
import { kubeconfigFor } from './gate/kubeconfig.ts';
import { ensureClusterObjects } from './process/cluster-objects.ts';
import { createControllers, createLogs, createTraffic, REFUSALS } from './process/controllers.ts';
import { lockStateFolder } from './process/state-lock.ts';
import { loadOrCreateToken } from './process/tokens.ts';

/** One sandbox cluster as it is asked for. */
export interface SandboxOptions {
  name: string;
  region: string;
  /** Everything of this cluster is kept here and nowhere else. */
  stateDir: string;
  /** Folder of the images that can run as local processes. */
  imageDir: string;
  /** 0 (the default) takes any free port of 127.0.0.1. */
  port?: number;
  clock?: Clock;
  /** Instead of the sandbox's own controllers. */
  controllers?: (context: SandboxContext) => readonly Controller[];
  podLogs?: PodLogs;
  /** Tokens beside the admin's, each with what it may do. The list is read at each request: it may grow and shrink. */
  grants?: readonly TokenGrant[];
  /** How many of the newest writes a watch may start behind. */
  historyLimit?: number;
  bookmarkIntervalMs?: number;
  log?: SandboxLog;
}

/** A running sandbox cluster. */
export interface Sandbox {
  name: string;
  region: string;
  url: string;
  /** Bearer token of the admin. */
  token: string;
  /** Certificate of the authority that the server's own is signed by. */
  caPem: string;
  /** The text of a kubeconfig for this cluster. */
  kubeconfig: string;
  store: WatchableStore;
  /** Ends the controllers with their processes, then the server, then the journal. */
  stop(): Promise<void>;
}

/** Starts one cluster: its objects from the state folder, its controllers, its API server on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { name, region, stateDir, imageDir } = options;
  const clock = options.clock ?? createClock();
  const log = options.log ?? ((): void => undefined);
  const unlock = lockStateFolder(stateDir);
  const store = openStore(options, { clock, log });
  ensureClusterObjects(store, { region, now: clock.now() });
  const context: SandboxContext = { store, clock, stateDir, imageDir, log };
  const controllers = (options.controllers ?? createControllers)(context);
  const certificate = await loadOrCreateCertificate(join(stateDir, 'tls'), createClock().now());
  const token = loadOrCreateToken(stateDir);
  const admin = { name: 'sandbox-admin', token, rules: ADMIN_RULES };
  const server = await startApiServer({
    parts: {
      store,
      clock,
      admission: createAdmission(store, REFUSALS),
      podLogs: options.podLogs ?? createLogs(stateDir),
      traffic: createTraffic(context),
      bookmarkIntervalMs: options.bookmarkIntervalMs ?? 60_000,
    },
    certificate,
    grants: () => [admin, ...(options.grants ?? [])],
    port: options.port ?? 0,
    log,
  });
  for (const controller of controllers) controller.start();
  const url = `https://127.0.0.1:${server.port}`;
  return {
    name,
    region,
    url,
    token,
    caPem: certificate.caPem,
    kubeconfig: kubeconfigFor({ name, url, caPem: certificate.caPem, token }),
    store,
    stop: async () => {
      await Promise.all(controllers.map((controller) => controller.stop()));
      await server.stop();
      store.close();
      unlock();
    },
  };
}

function openStore(options: SandboxOptions, { clock, log }: { clock: Clock; log: SandboxLog }): WatchableStore {
  return createStore({
    clock,
    journal: createFileJournal(join(options.stateDir, 'objects')),
    onListenerError: (error) =>
      log('a controller failed on an event', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    ...(options.historyLimit === undefined ? {} : { historyLimit: options.historyLimit }),
  });
}
