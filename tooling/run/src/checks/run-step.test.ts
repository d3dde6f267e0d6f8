import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runStep } from './run-step.ts';
import { selectSteps, steps, type Step } from './steps.ts';

const step = (...command: readonly [string, ...string[]]): Step => ({ name: 'planted', about: 'a planted step', command });

it('a command that exits 0 holds, and what it printed is kept', async () => {
  const outcome = await runStep(tmpdir(), step(process.execPath, '-e', 'console.log("one"); console.error("two")'));
  expect(outcome).toMatchObject({ name: 'planted', ok: true });
  expect(outcome.output).toContain('one');
  expect(outcome.output).toContain('two');
});

it('a command that exits with anything else fails', async () => {
  expect(await runStep(tmpdir(), step(process.execPath, '-e', 'process.exit(3)'))).toMatchObject({ ok: false });
});

it('a command that a signal ended fails', async () => {
  expect(await runStep(tmpdir(), step(process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")'))).toMatchObject({ ok: false });
});

it('a program that is not installed is a failed check that says so', async () => {
  const outcome = await runStep(tmpdir(), step('no-such-program'));
  expect(outcome.ok).toBe(false);
  expect(outcome.output).toContain('no-such-program could not be started');
});

it('--only selects by name and names what it does not know', () => {
  expect(selectSteps([]).selected).toEqual(steps);
  expect(selectSteps(['types', 'lint']).selected.map(({ name }) => name)).toEqual(['lint', 'types']);
  expect(selectSteps(['lint', 'lnt'])).toMatchObject({ unknown: ['lnt'] });
});
