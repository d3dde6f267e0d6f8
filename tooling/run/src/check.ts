import path from 'node:path';
import { parseArgs } from 'node:util';
import { runStep, type Outcome } from './checks/run-step.ts';
import { preparation, selectSteps, steps, type Step } from './checks/steps.ts';

const root = path.resolve(import.meta.dirname, '../../..');
/** More at once would only wait for the processor: the slow checks use two threads themselves. */
const atOnce = 2;

function usage(): string {
  return ['pnpm check [--only name,name]', ...steps.map((step) => `  ${step.name.padEnd(12)}${step.about}`)].join('\n');
}

function report(outcome: Outcome): void {
  console.log(`${outcome.ok ? 'ok  ' : 'FAIL'}  ${outcome.name.padEnd(12)}${(outcome.elapsedMs / 1000).toFixed(1).padStart(5)} s`);
  if (!outcome.ok) console.log(`${outcome.output.trimEnd()}\n`);
}

async function runAll(selected: readonly Step[]): Promise<boolean> {
  const waiting = [...selected];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const outcome = await runStep(root, step);
      outcomes.push(outcome);
      report(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes.every((outcome) => outcome.ok);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(usage());
    return 0;
  }
  const { selected, unknown } = selectSteps(values.only?.split(',') ?? []);
  if (unknown.length > 0) {
    console.error(`There is no check "${unknown.join('", "')}".\n${usage()}`);
    return 2;
  }
  const startedMs = performance.now();
  const prepared = await runStep(root, preparation);
  if (!prepared.ok) report(prepared);
  const ok = (await runAll(selected)) && prepared.ok;
  console.log(`${ok ? 'All checks hold' : 'Some checks fail'} (${((performance.now() - startedMs) / 1000).toFixed(1)} s).`);
  return ok ? 0 : 1;
}

process.exitCode = await main();
