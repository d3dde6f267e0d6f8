import { applyMigrations } from '@flow/db/migrate';
import { z } from 'zod';
import type { Program, ReadyFacts } from '../supervise/program.ts';
import { runProgram } from '../supervise/run-program.ts';
import type { Supervised } from '../supervise/supervise.ts';
import type { Settings } from './environment.ts';
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
  const { options, signal, say } = given;
  const secrets = await secretsOf(given);
  const webPort = await portalPort(options.port);
  const generated = generate(given);
  const built = generated.then(() => buildPortal(given));
  // Whoever waits for it sees a failure; one that comes earlier must not end this process.
  built.catch(() => undefined);
  const [databaseUrl, kubeconfigs] = await Promise.all([startDatabase(given), startSandbox(given), generated]);
  const applied = await applyMigrations(databaseUrl);
  if (applied.length > 0) say('database', `${applied.length} migration${applied.length === 1 ? '' : 's'} applied`);
  signal.throwIfAborted();

  const settings = settingsOf(given, { databaseUrl, webPort, secrets });
  const [seeded] = await Promise.all([options.isDemo ? seed(settings, kubeconfigs, given) : null, built]);
  signal.throwIfAborted();
  await Promise.all([given.start(workerProgram(settings)).ready, given.start(webProgram(settings)).ready]);
  return { publicUrl: settings.publicUrl, demo: seeded };
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

async function startDatabase({ state, start }: Launch): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const folder = state.place('postgres');
  const wrapper = await postgresWrapper({ program: root, data: folder });
  const facts = await start({ ...postgresProgram(folder, await anyFree()), wrapper }).ready;
  return postgresReady.parse(facts).url;
}

async function startSandbox({ options, isDevelopment, state, start }: Launch): Promise<readonly string[]> {
  if (!options.isDemo) return [];
  const ports = await keptPorts(state.place('ports.json'), regions);
  const facts: ReadyFacts = await start(sandboxProgram(state.place('sandbox'), ports, isDevelopment)).ready;
  return sandboxReady.parse(facts).clusters.map((cluster) => cluster.kubeconfigPath);
}

async function generate({ signal, say }: Launch): Promise<void> {
  for (const line of await runProgram(generateProgram(), signal)) say('database', line);
}

async function buildPortal({ isDevelopment, signal, say }: Launch): Promise<void> {
  if (isDevelopment) return;
  say('web', 'building the portal, unless nothing has changed since the last time');
  await runProgram(buildProgram(), signal);
}

async function seed(settings: Settings, kubeconfigs: readonly string[], { signal, say }: Launch): Promise<Demo> {
  say('demo', 'preparing tenants, services and the demo repository');
  const printed = await runProgram(seedProgram(settings, kubeconfigs), signal, (line) => {
    if (!line.startsWith('{')) say('demo', line);
  });
  const read = demo.safeParse(JSON.parse(printed.findLast((line) => line.startsWith('{')) ?? 'null'));
  if (!read.success)
    throw new StartRefused('The demo seed did not say who can log in: its last line must be JSON with password, people and repositories.');
  return read.data;
}
