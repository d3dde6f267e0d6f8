import { join, resolve } from 'node:path';
import { renderLine } from '../supervise/render-line.ts';
import type { ProgramLine } from '../supervise/program.ts';
import { supervise } from '../supervise/supervise.ts';
import type { Supervised } from '../supervise/supervise.ts';
import { watchSource } from '../supervise/watch-source.ts';
import { launch } from './launch.ts';
import { readOptions } from './options.ts';
import type { StartOptions } from './options.ts';
import { root } from './programs.ts';
import { readyMessage } from './ready-message.ts';
import { StartRefused } from './start-refused.ts';
import { openStateFolder } from './state-folder.ts';

/** The order in which they end: who asks before who answers, the database last. */
const endOrder = ['web', 'worker', 'sandbox', 'postgres'] as const;
const nodeMajor = 24;

/** `pnpm start` and `pnpm dev`: everything as one foreground command. Gives the exit code when it has ended. */
export async function runFlow(argv: readonly string[], mode: { isDevelopment: boolean }): Promise<number> {
  const read = readOptions(argv);
  if (!read.ok) {
    (read.isHelp ? process.stdout : process.stderr).write(`${read.message}\n`);
    return read.isHelp ? 0 : 2;
  }
  try {
    refuseOldNode();
    await using state = await openStateFolder(resolve(process.env['FLOW_STATE_DIR'] ?? join(root, '.flow')), read.options.isReset);
    return await runOn(state, read.options, mode.isDevelopment);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function runOn(state: Awaited<ReturnType<typeof openStateFolder>>, options: StartOptions, isDevelopment: boolean): Promise<number> {
  const startedMs = performance.now();
  const hasColour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const print = (line: ProgramLine): void => {
    const text = renderLine(line, { hasColour, isVerbose: options.isVerbose });
    if (text !== null) process.stdout.write(`${text}\n`);
  };
  const running: Supervised[] = [];
  const ending = new AbortController();
  const asked = endOnSignal(ending, running);
  try {
    const launched = await launch({
      options,
      isDevelopment,
      state,
      signal: ending.signal,
      say: (program, text) => print({ program, text }),
      start: (program) => {
        const isQuiet = program.name === 'postgres' && !options.isVerbose;
        const isPatient = program.watchedFolders !== undefined;
        const started = supervise(program, { onLine: isQuiet ? () => undefined : print, onNotice: print, isPatient });
        watchSource(program.watchedFolders ?? [], () => started.restart(), ending.signal);
        running.push(started);
        return started;
      },
    });
    process.stdout.write(`${readyMessage(launched, { seconds: (performance.now() - startedMs) / 1000, hasColour })}\n`);
    await asked;
    process.stdout.write('Flow is ending.\n');
    return 0;
  } catch (error) {
    if (ending.signal.aborted) return 130;
    process.stderr.write(`Flow did not start. ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    ending.abort();
    await endAll(running);
  }
}

/** Resolves at the first signal that asks for the end; a second one does not wait for the processes. */
function endOnSignal(ending: AbortController, running: readonly Supervised[]): Promise<void> {
  return new Promise((resolveAsked) => {
    const end = (): void => {
      if (ending.signal.aborted) {
        for (const program of running) program.kill();
        return;
      }
      ending.abort();
      resolveAsked();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  });
}

async function endAll(running: readonly Supervised[]): Promise<void> {
  for (const name of endOrder) await Promise.all(running.filter((program) => program.name === name).map((program) => program.stop()));
}

function refuseOldNode(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < nodeMajor)
    throw new StartRefused(`Flow needs Node ${nodeMajor} or newer, and this is ${process.versions.node}. Start it with: npx pnpm@12 start`);
}
