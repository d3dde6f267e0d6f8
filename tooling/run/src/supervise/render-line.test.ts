import { expect, test } from 'vitest';
import { renderLine } from './render-line.ts';

const quiet = { hasColour: false, isVerbose: false };
const show = (text: string, options = quiet) => renderLine({ program: 'web', text }, options);
const log = (fields: object) => JSON.stringify({ level: 30, time: 1, pid: 2, hostname: 'here', name: 'web', ...fields });

test('a log line is shown as its message behind the name of its process', () => {
  expect(show(log({ msg: 'listening', port: 3000 }))).toBe('web     │ listening');
});

test('warnings and errors say so, and why', () => {
  expect(show(log({ level: 40, msg: 'slow' }))).toBe('web     │ warn: slow');
  expect(show(log({ level: 50, msg: 'a request failed', err: { message: 'no such table', stack: 'at x' } }))).toBe(
    'web     │ error: a request failed: no such table',
  );
});

test('debug lines, fields and stacks are for --verbose', () => {
  const verbose = { ...quiet, isVerbose: true };
  expect(show(log({ level: 20, msg: 'took a job' }))).toBeNull();
  expect(show(log({ level: 20, msg: 'took a job', jobId: 'j1' }), verbose)).toBe('web     │ debug: took a job jobId=j1');
  expect(show(log({ level: 50, msg: 'failed', err: { message: 'm', stack: 'Error: m\n at x' } }), verbose)).toContain('\nError: m\n at x');
});

test('what is no log line is shown as it is, without codes that move the cursor', () => {
  expect(show('\u001b[2J\u001b[31mcompiled\u001b[0m  ')).toBe('web     │ compiled');
  expect(show('{"not": "a log line"}')).toBe('web     │ {"not": "a log line"}');
  expect(show('{broken')).toBe('web     │ {broken');
  expect(show('   ')).toBeNull();
});
