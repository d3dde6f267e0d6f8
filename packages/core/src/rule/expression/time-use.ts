import type { ASTNode } from '@marcbachmann/cel-js';
import type { RuleFacts } from '../facts.ts';
import { visit } from './walk.ts';

/** How the answer of an expression can change while only time goes by. */
export interface TimeUse {
  /** Ages that it compares with a number of minutes: it can change when an age reaches one of these. */
  ageLimits: readonly number[];
  /** It reads the calendar: it can change at steps of a clock. */
  calendar: boolean;
  /** It does more with time than can be followed: it can change at every full minute. */
  anyMinute: boolean;
}

const minuteMs = 60_000;
const ages = new Set(['ageMinutes', 'soakMinutes']);
const calendarFields = new Set(['date', 'month', 'dayOfMonth', 'weekday', 'hour', 'workingHours']);
const comparisons = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** Reads off an expression how it uses time. What is not understood counts as `anyMinute`: slower to search, never wrong. */
export function timeUseOf(ast: ASTNode): TimeUse {
  const uses: Reading[] = [];
  visit(ast, (node, parent) => uses.push(readingOf(node, parent)));
  const ageLimits = new Set(uses.flatMap((use) => (typeof use === 'number' ? use : [])));
  return {
    ageLimits: [...ageLimits].toSorted((left, right) => left - right),
    calendar: uses.includes('calendar'),
    anyMinute: uses.includes('anyMinute'),
  };
}

/** A number is a limit of an age. */
type Reading = number | 'calendar' | 'anyMinute' | null;

function readingOf(node: ASTNode, parent: ASTNode | null): Reading {
  if (node.op === 'id') return node.args === 'time' && parent?.op !== '.' ? 'anyMinute' : null;
  if (node.op === '[]') return readsAgeByKey(node.args[1]) ? 'anyMinute' : null;
  if (node.op !== '.') return null;
  const [whole, field] = node.args;
  if (ages.has(field)) return comparedWith(node, parent) ?? 'anyMinute';
  return whole.op === 'id' && whole.args === 'time' ? calendarReading(field, comparedWith(node, parent)) : null;
}

function readsAgeByKey(key: ASTNode): boolean {
  return key.op === 'value' && typeof key.args === 'string' && ages.has(key.args);
}

function calendarReading(field: string, limit: number | null): Reading {
  if (calendarFields.has(field)) return 'calendar';
  if (field === 'minuteOfDay') return limit !== null && limit % 15 === 0 ? 'calendar' : 'anyMinute';
  return field === 'now' ? 'anyMinute' : null;
}

/** The whole number that the node stands beside in a comparison; null when it stands elsewhere. */
function comparedWith(node: ASTNode, parent: ASTNode | null): number | null {
  if (parent === null || !comparisons.has(parent.op) || !Array.isArray(parent.args)) return null;
  const other: unknown = parent.args.find((side) => side !== node);
  return numberOf(other);
}

function numberOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return null;
  if (node.op === 'value' && (typeof node.args === 'bigint' || typeof node.args === 'number')) return Math.trunc(Number(node.args));
  if (node.op !== '-_') return null;
  const positive = numberOf(node.args);
  return positive === null ? null : -positive;
}

/** Whether time alone can change the answer. */
export function dependsOnTime(use: TimeUse): boolean {
  return use.anyMinute || use.calendar || use.ageLimits.length > 0;
}

/**
 * The next instant after `after` at which the answer can be another one, the facts staying as they are; null when it cannot change by time.
 * Between two of these instants the answer is the same, so that looking at them alone finds the first good one.
 */
export function nextChangeAfter(use: TimeUse, facts: RuleFacts, after: Date): Date | null {
  const from = after.getTime();
  let next = use.anyMinute ? nextStep(from, minuteMs) : use.calendar ? nextStep(from, calendarStepMs(facts)) : Infinity;
  for (const since of use.ageLimits.length > 0 ? instantsOf(facts) : []) {
    for (const limit of use.ageLimits) {
      // It is the number for one minute: what is asked may be whether it is more, or whether it is just this.
      const reached = since + limit * minuteMs;
      const point = reached > from ? reached : reached + minuteMs;
      if (point > from && point < next) next = point;
    }
  }
  return next === Infinity ? null : new Date(next);
}

function nextStep(from: number, stepMs: number): number {
  return (Math.floor(from / stepMs) + 1) * stepMs;
}

/** All offsets of zones in use are quarters of an hour; working hours may begin at another minute. */
function calendarStepMs({ service: { workingHours } }: RuleFacts): number {
  const isQuarter = workingHours.startMinute % 15 === 0 && workingHours.endMinute % 15 === 0;
  return isQuarter ? 15 * minuteMs : minuteMs;
}

function instantsOf({ artifact, previous, others, incidents }: RuleFacts): readonly number[] {
  const single = [artifact.builtAt, artifact.soakingSince, previous?.endedAt].flatMap((at) => at?.getTime() ?? []);
  return [...single, ...others.map(({ since }) => since.getTime()), ...incidents.map(({ since }) => since.getTime())];
}
