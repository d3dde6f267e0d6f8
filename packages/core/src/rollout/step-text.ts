import type { FieldFault } from '../fault/index.ts';
import type { CanaryStep } from './view.ts';

export type ParsedSteps = { ok: true; steps: CanaryStep[] } | { ok: false; faults: FieldFault[] };

const secondsOfUnit = { s: 1, m: 60, h: 3_600 } as const;

/** Canary steps as people write them, one on each line: `20 %`, `wait 5m`, `wait` (for a person), `analysis`. Empty lines mean nothing. */
export function parseSteps(text: string): ParsedSteps {
  const steps: CanaryStep[] = [];
  const faults: FieldFault[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const step = parseStep(line.trim().toLowerCase());
    if (step === null)
      faults.push({ path: `line ${index + 1}`, message: `"${line.trim()}" is no step: write 20 %, wait 5m, wait, or analysis` });
    else steps.push(step);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, steps };
}

function parseStep(line: string): CanaryStep | null {
  if (line === 'analysis') return { kind: 'analysis' };
  if (line === 'wait') return { kind: 'pause' };
  const percent = /^(\d{1,3}) ?%$/.exec(line)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { kind: 'weight', percent: Number(percent) } : null;
  const [, amount, unit] = /^wait (\d{1,6}) ?([smh])$/.exec(line) ?? [];
  if (amount === undefined || Number(amount) === 0) return null;
  return {
    kind: 'pause',
    durationSeconds: Number(amount) * (unit === 'h' ? secondsOfUnit.h : unit === 'm' ? secondsOfUnit.m : secondsOfUnit.s),
  };
}

/** The same steps as text, in the largest unit that keeps them whole. */
export function formatSteps(steps: readonly CanaryStep[]): string {
  return steps.map(formatStep).join('\n');
}

function formatStep(step: CanaryStep): string {
  switch (step.kind) {
    case 'analysis':
      return 'analysis';
    case 'weight':
      return `${step.percent} %`;
    case 'pause': {
      const seconds = step.durationSeconds;
      if (seconds === undefined) return 'wait';
      if (seconds % 3_600 === 0) return `wait ${seconds / 3_600}h`;
      return seconds % 60 === 0 ? `wait ${seconds / 60}m` : `wait ${seconds}s`;
    }
  }
}
