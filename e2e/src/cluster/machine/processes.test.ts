import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { endProgram, processesWith, residentBytes, runningProcess, startProgram } from './processes.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'flow-processes-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = () => join(folder, 'one.json');
const startShell = (script: string) =>
  startProgram({ program: '/bin/sh', args: ['-c', script, folder], logPath: join(folder, 'one.log'), recordPath: record() });

test('a program that was started runs, has memory and a log, and is gone after its end', async () => {
  startShell('echo here; exec sleep 600');
  expect(await eventually(() => readFileSync(join(folder, 'one.log'), 'utf8') === 'here\n', 10_000)).toBe(true);
  const pid = runningProcess(record());
  expect(pid).not.toBeNull();
  expect(residentBytes(pid ?? 0)).toBeGreaterThan(0);
  await endProgram(record(), 5000);
  expect(runningProcess(record())).toBeNull();
});

test('a program that takes no notice of SIGTERM is killed after its time', async () => {
  startShell('trap "" TERM; echo deaf; while :; do sleep 1; done');
  expect(await eventually(() => readFileSync(join(folder, 'one.log'), 'utf8') === 'deaf\n', 10_000)).toBe(true);
  await endProgram(record(), 100);
  expect(await eventually(() => processesWith([folder]).length === 0, 10_000)).toBe(true);
});

test('a process that was given the number of an ended one is left alone', async () => {
  writeFileSync(
    record(),
    JSON.stringify({ pid: process.pid, startTicks: '1', bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() }),
  );
  expect(runningProcess(record())).toBeNull();
  await endProgram(record(), 5000);
  expect(residentBytes(process.pid)).toBeGreaterThan(0);
});

test('a record from before a restart of the machine names no process', () => {
  const startTicks = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  writeFileSync(record(), JSON.stringify({ pid: process.pid, startTicks, bootId: 'another' }));
  expect(runningProcess(record())).toBeNull();
});

test('a program that is not there leaves no process', () => {
  startProgram({ program: join(folder, 'nothing'), args: [], logPath: join(folder, 'one.log'), recordPath: record() });
  expect(runningProcess(record())).toBeNull();
});
