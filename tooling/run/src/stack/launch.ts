import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { applyMigrations, ensureRole, grantRights } from '@flow/db/migrate';
import { z } from 'zod';
import type { Program, ReadyFacts } from '../supervise/program.ts';
import { runProgram } from '../supervise/run-program.ts';
import type { Supervised } from '../supervise/supervise.ts';
import type { DemoClusters, Settings } from './environment.ts';
import type { StartOptions } from './options.ts';
import { anyFree, keptPorts, portalPort } from './ports.ts';
import {
  buildProgram,
  generateProgram,
  postgresProgram,
  regions,
  root,
  sandboxProgram,
  seedProgram,
  webProgram,
  workerProgram,
} from './programs.ts';
import { postgresWrapper } from './postgres-user.ts';
import { demoSecrets, installationSecrets } from './secrets.ts';
import type { Secrets } from './secrets.ts';
import type { StateFolder } from './state-folder.ts';
import { StartRefused } from './start-refused.ts';

/** What launching needs from whoever started it. */
export interface Launch {
  options: StartOptions;
  isDevelopment: boolean;
  state: StateFolder;
  /** Aborted when the start is given up. */
  signal: AbortSignal;
  start: (program: Program) => Supervised;
  say: (program: string, text: string) => void;
}

/** A running Flow, for the ready message. */
export interface Launched {
  publicUrl: string;
  /** Null without the demo. */
  demo: Demo | null;
  /** The demo is on clusters of this kubeconfig; null for the sandbox. */
  kubeconfigPath: string | null;
}

const demo = z.object({
  password: z.string(),
  people: z.array(z.object({ email: z.string(), about: z.string() })),
  repositories: z.array(z.object({ name: z.string(), path: z.string() })),
});
export type Demo = z.infer<typeof demo>;

const sandboxReady = z.object({ clusters: z.array(z.object({ name: z.string(), kubeconfigPath: z.string() })) });
const postgresReady = z.object({ url: z.string() });

/** Starts everything in its order, what does not wait for each other at the same time. Throws when a part does not start. */
export async function launch(given: Launch): Promise<Launched> {
  const { options, signal } = given;
  const secrets = await secretsOf(given);
  const webPort = await portalPort(options.port);
  const generated = generate(given);
  const built = generated.then(() => buildPortal(given));
  // Whoever waits for it sees a failure; one that comes earlier must not end this process.
  built.catch(() => undefined);
  const [roles, clusters] = await Promise.all([startDatabase(given), demoClusters(given), generated]);
  const databaseUrl = await prepareDatabase(roles, given);
  signal.throwIfAborted();

  const settings = settingsOf(given, { databaseUrl, webPort, secrets });
  const [seeded] = await Promise.all([options.isDemo ? seed(settings, clusters, given) : null, built]);
  signal.throwIfAborted();
  await Promise.all([given.start(workerProgram(settings)).ready, given.start(webProgram(settings)).ready]);
  return { publicUrl: settings.publicUrl, demo: seeded, kubeconfigPath: options.kubeconfigPath ?? null };
}

function secretsOf({ options, state }: Launch): Promise<Secrets> {
  return options.isDemo ? demoSecrets(state.place('secrets.json')) : Promise.resolve(installationSecrets(process.env));
}

function settingsOf({ options, isDevelopment, state }: Launch, known: Pick<Settings, 'databaseUrl' | 'webPort' | 'secrets'>): Settings {
  const webHost = process.env['FLOW_WEB_HOST'] ?? '127.0.0.1';
  return {
    ...known,
    stateDir: state.path,
    webHost,
    publicUrl: process.env['FLOW_PUBLIC_URL'] ?? `http://${webHost}:${known.webPort}`,
    isDemo: options.isDemo,
    isDevelopment,
    isVerbose: options.isVerbose,
  };
}

/** The addresses of the database: as who owns the tables, and as whom the processes work, who may not change the audit record. */
interface DatabaseRoles {
  ownerUrl: string;
  processUrl: string;
}

async function startDatabase({ state, start }: Launch): Promise<DatabaseRoles> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { ownerUrl: process.env['FLOW_MIGRATION_DATABASE_URL'] ?? given, processUrl: given };
  const folder = state.place('postgres');
  const wrapper = await postgresWrapper({ program: root, data: folder });
  const facts = await start({ ...postgresProgram(folder, await anyFree()), wrapper }).ready;
  const ownerUrl = postgresReady.parse(facts).url;
  // A password for this start alone.
  const role = { name: 'flow_processes', password: randomBytes(24).toString('base64url') };
  await ensureRole(ownerUrl, role);
  return { ownerUrl, processUrl: Object.assign(new URL(ownerUrl), { username: role.name, password: role.password }).href };
}

/** Brings the tables up to date, and gives the role of the processes what it needs on them. */
async function prepareDatabase({ ownerUrl, processUrl }: DatabaseRoles, { say }: Launch): Promise<string> {
  const applied = await applyMigrations(ownerUrl);
  if (applied.length > 0) say('database', `${applied.length} migration${applied.length === 1 ? '' : 's'} applied`);
  if (ownerUrl !== processUrl) await grantRights(ownerUrl, decodeURIComponent(new URL(processUrl).username));
  return processUrl;
}

async function demoClusters({ options, isDevelopment, state, start }: Launch): Promise<DemoClusters> {
  if (options.kubeconfigPath !== undefined) return { kubeconfigPath: resolve(options.kubeconfigPath) };
  if (!options.isDemo) return { sandboxKubeconfigs: [] };
  const ports = await keptPorts(state.place('ports.json'), regions);
  const facts: ReadyFacts = await start(sandboxProgram(state.place('sandbox'), ports, isDevelopment)).ready;
  return { sandboxKubeconfigs: sandboxReady.parse(facts).clusters.map((cluster) => cluster.kubeconfigPath) };
}

async function generate({ signal, say }: Launch): Promise<void> {
  for (const line of await runProgram(generateProgram(), signal)) say('database', line);
}

async function buildPortal({ isDevelopment, signal, say }: Launch): Promise<void> {
  if (isDevelopment) return;
  say('web', 'building the portal, unless nothing has changed since the last time');
  await runProgram(buildProgram(), signal);
}

async function seed(settings: Settings, clusters: DemoClusters, { signal, say }: Launch): Promise<Demo> {
  say('demo', 'preparing tenants, services and the demo repository');
  const printed = await runProgram(seedProgram(settings, clusters), signal, (line) => {
    if (!line.startsWith('{')) say('demo', line);
  });
  const read = demo.safeParse(JSON.parse(printed.findLast((line) => line.startsWith('{')) ?? 'null'));
  if (!read.success)
    throw new StartRefused('The demo seed did not say who can log in: its last line must be JSON with password, people and repositories.');
  return read.data;
}
