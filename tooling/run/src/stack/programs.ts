import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from '../supervise/program.ts';
import { commonEnvironment, sandboxEnvironment, seedEnvironment, webEnvironment, workerEnvironment } from './environment.ts';
import type { DemoClusters, Settings } from './environment.ts';

/** Root of the repository. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Clusters of the demo, one for each region. */
export const regions = ['eu-west', 'us-east'] as const;
export type Region = (typeof regions)[number];

const healthTimeoutMs = 60_000;
const serverSource = ['packages/core/src', 'packages/db/src', 'packages/delivery/src', 'packages/operations/src'];

/** The embedded database; its data lies in `folder`. */
export function postgresProgram(folder: string, port: number): Program {
  return {
    name: 'postgres',
    args: [fileURLToPath(new URL('keep-postgres.ts', import.meta.url)), '--folder', folder, '--port', String(port)],
    cwd: root,
    env: commonEnvironment(process.env, false),
  };
}

/** The two sandbox clusters; they keep everything in `folder`. */
export function sandboxProgram(folder: string, ports: Readonly<Record<Region, number>>, isDevelopment: boolean): Program {
  const clusters = regions.flatMap((region) => ['--cluster', `${region}:${region}:${ports[region]}`]);
  return {
    name: 'sandbox',
    args: [join(root, 'packages/sandbox/src/server/main.ts'), '--state-dir', folder, ...clusters],
    cwd: root,
    env: sandboxEnvironment(process.env, isDevelopment),
    ...watching(isDevelopment, ['packages/sandbox/src']),
  };
}

/** The engine process. */
export function workerProgram(settings: Settings): Program {
  return {
    name: 'worker',
    args: [join(root, 'apps/worker/src/main.ts')],
    cwd: root,
    env: workerEnvironment(process.env, settings),
    ...watching(settings.isDevelopment, ['apps/worker/src', ...serverSource]),
  };
}

/** The portal. It is ready when it answers over HTTP. */
export function webProgram(settings: Settings): Program {
  return {
    name: 'web',
    args: [join(root, 'apps/web/server/main.ts')],
    cwd: join(root, 'apps/web'),
    env: webEnvironment(process.env, settings),
    // The pages reload by themselves; this is for what serves them.
    ...watching(settings.isDevelopment, ['apps/web/server', 'packages/api/src', ...serverSource]),
    confirmReady: async (signal) => {
      const address = `http://${settings.webHost}:${settings.webPort}/api/healthz`;
      const answer = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(healthTimeoutMs)]) });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
    },
  };
}

/** Makes Prisma's client, when the schema has changed since the last time. */
export function generateProgram(): Program {
  return {
    name: 'generate',
    args: [join(root, 'packages/db/src/migrate/generate.ts')],
    cwd: join(root, 'packages/db'),
    env: commonEnvironment(process.env, false),
  };
}

/** Makes the demo, or tells the one that is there the addresses of this start. */
export function seedProgram(settings: Settings, clusters: DemoClusters): Program {
  return {
    name: 'seed',
    args: [join(root, 'tooling/seed/src/demo.ts')],
    cwd: root,
    env: seedEnvironment(process.env, settings, clusters),
  };
}

/** Builds the portal; turbo does nothing when its inputs are the same as before. */
export function buildProgram(): Program {
  return {
    name: 'build',
    args: [
      join(root, 'node_modules/turbo/bin/turbo'),
      'run',
      'build',
      '--filter=@flow/web',
      '--output-logs=errors-only',
      '--log-prefix=none',
      '--ui=stream',
    ],
    cwd: root,
    env: commonEnvironment(process.env, false),
  };
}

function watching(isDevelopment: boolean, folders: readonly string[]): Pick<Program, 'watchedFolders'> {
  return isDevelopment ? { watchedFolders: folders.map((folder) => join(root, folder)) } : {};
}
