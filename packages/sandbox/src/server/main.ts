import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SandboxLog } from '../store/context.ts';
import { readArguments, type SandboxArguments } from './process/arguments.ts';
import { startSandbox, type Sandbox } from './start-sandbox.ts';

const WARNING =
  'SANDBOX: these clusters are a stand-in for trying and testing Flow. They are never a production target: do not deploy anything here that matters.';

const read = readArguments(process.argv.slice(2));
if (read.ok) await run(read.value).catch(failStart);
else {
  process.stderr.write(`${read.message}\n`);
  process.exitCode = 2;
}

async function run({ stateDir, imageDir, clusters }: SandboxArguments): Promise<void> {
  process.stderr.write(`${WARNING}\n`);
  const running: { sandbox: Sandbox; kubeconfigPath: string }[] = [];
  endOnSignal(async () => {
    await Promise.all(running.map(async ({ sandbox }) => sandbox.stop()));
  });
  for (const cluster of clusters) {
    const folder = resolve(stateDir, cluster.name);
    const sandbox = await startSandbox({
      ...cluster,
      stateDir: folder,
      imageDir: resolve(imageDir ?? join(stateDir, 'images')),
      log: logTo(cluster.name),
    });
    running.push({ sandbox, kubeconfigPath: writeKubeconfig(folder, sandbox) });
  }
  const ready = running.map(({ sandbox, kubeconfigPath }) => ({
    name: sandbox.name,
    region: sandbox.region,
    url: sandbox.url,
    kubeconfigPath,
  }));
  process.stdout.write(`${JSON.stringify({ ready: true, clusters: ready })}\n`);
}

/** What started before the failure ends with the process: nothing of it has been told to anyone yet. */
function failStart(error: unknown): void {
  const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const advice = isPortTaken ? '; give the cluster another port, or none to take any free one' : '';
  process.stderr.write(`the sandbox did not start: ${error instanceof Error ? error.message : String(error)}${advice}\n`);
  process.exit(1);
}

function writeKubeconfig(folder: string, sandbox: Sandbox): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, sandbox.kubeconfig, { mode: 0o600 });
  return path;
}

function logTo(cluster: string): SandboxLog {
  return (message, fields = {}) => {
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), cluster, message, ...fields })}\n`);
  };
}

/** The first signal ends the clusters and their child processes; a second one does not wait for them. */
function endOnSignal(stop: () => Promise<void>): void {
  let isEnding = false;
  const end = (signal: NodeJS.Signals): void => {
    if (isEnding) process.exit(signal === 'SIGINT' ? 130 : 143);
    isEnding = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `the sandbox did not end cleanly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
