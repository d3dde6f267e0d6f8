import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openClusterKeeper } from './cluster-keeper.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flow-keeper-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A keeper that does what the test says, and writes down how it ended. */
function keeper(script: string): string {
  const file = join(folder, 'keeper.mjs');
  const onEnd = `process.stdin.on('end', () => { writeFileSync(${JSON.stringify(join(folder, 'ended'))}, 'tidied up'); process.exit(); });`;
  writeFileSync(
    file,
    `import { writeFileSync } from 'node:fs';\nconst tell = (told) => console.log(JSON.stringify(told));\n${onEnd}\n${script}\n`,
  );
  return file;
}

const upWhenAsked = "process.stdin.on('data', (text) => { if (String(text) === 'up\\n') tell({ up: true }); });";
const inAMinute = (): number => Date.now() + 60_000;

test('clusters that are built and up are there', async () => {
  await using kept = openClusterKeeper(process.env, keeper(`${upWhenAsked} tell({ said: 'building' }); tell({ built: true });`));
  expect(await kept.start(inAMinute())).toEqual({ ok: true });
});

test.each([
  ['before it has built', "tell({ refused: 'The clusters need root.' });"],
  ['when it is told to start', "tell({ built: true }); process.stdin.on('data', () => tell({ refused: 'The clusters need root.' }));"],
])('a keeper that refuses %s gives its sentence as the reason', async (_when, script) => {
  await using kept = openClusterKeeper(process.env, keeper(script));
  expect(await kept.start(inAMinute())).toEqual({ ok: false, why: 'The clusters need root.' });
});

test('programs that are not built in time are waited for no longer', async () => {
  await using kept = openClusterKeeper(process.env, keeper('process.stdin.resume();'));
  expect(await kept.start(Date.now())).toEqual({ ok: false, why: expect.stringContaining('not built in time') });
});

test('a keeper that breaks is a reason too', async () => {
  await using kept = openClusterKeeper(process.env, keeper('process.exit(3);'));
  expect(await kept.start(inAMinute())).toEqual({ ok: false, why: 'the keeper of the clusters has ended' });
});

test('at the end the keeper tidies up, and is waited for', async () => {
  const kept = openClusterKeeper(process.env, keeper(`${upWhenAsked} tell({ built: true });`));
  await kept.start(inAMinute());
  await kept[Symbol.asyncDispose]();
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('tidied up');
});

test('a run that is killed leaves the keeper the time to tidy up', async () => {
  const file = keeper('tell({ built: true }); process.stdin.resume();');
  const { spawn } = await import('node:child_process');
  const script = `import { openClusterKeeper } from ${JSON.stringify(join(import.meta.dirname, 'cluster-keeper.ts'))}; openClusterKeeper(process.env, ${JSON.stringify(file)}); setInterval(() => undefined, 1000); console.log('here');`;
  const run = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  await new Promise((resolve) => run.stdout.once('data', resolve));
  process.kill(-(run.pid ?? 0), 'SIGKILL');
  await vi.waitFor(() => expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('tidied up'), { timeout: 30_000, interval: 100 });
});
