import type { RouterInputs, RouterOutputs } from '@flow/api/client-types';
import { formatDuration } from '@flow/ui/time';
import { sectionPath } from '../policy/governance-page.tsx';

export type LedgerEntry = RouterOutputs['ledger']['get']['entries'][number];
export type LedgerNumber = RouterInputs['ledger']['cases']['number'];

/** How far back, as it stands in the URL; the first is the usual one. */
export const periods = [
  { value: '90', label: 'The last 90 days' },
  { value: '30', label: 'The last 30 days' },
  { value: '366', label: 'The last year' },
] as const;

/** The days behind a text of the URL. */
export function daysOf(text: string): number {
  return Number(periods.find(({ value }) => value === text)?.value ?? periods[0].value);
}

export const accountNames = {
  builtIn: 'Of Flow itself',
  rule: 'Rule',
  freeze: 'Freeze',
  guardrail: 'Guardrail',
  gate: 'Gate',
  approval: 'Approval policy',
  group: 'Group of approvers',
} as const satisfies Record<LedgerEntry['account'], string>;

/** Where what an account says is written; null for Flow's own. A rule is tried on the past there. */
export function pathOf(tenant: string, { account, id }: Pick<LedgerEntry, 'account' | 'id'>): string | null {
  switch (account) {
    case 'builtIn':
      return null;
    case 'group':
      return `/t/${tenant}/groups`;
    case 'rule':
      return `${sectionPath(tenant, 'rules')}/${id}#backtest`;
    case 'freeze':
      return `${sectionPath(tenant, 'freezes')}/${id}`;
    case 'guardrail':
      return `${sectionPath(tenant, 'guardrails')}/${id}`;
    case 'gate':
      return `${sectionPath(tenant, 'gates')}/${id}`;
    case 'approval':
      return `${sectionPath(tenant, 'approvals')}/${id}`;
  }
}

export const numberNames = {
  waited: 'Waited for it',
  saved: 'Saved by it',
  bypassed: 'Passed it by an exemption',
  decided: 'Decided by it',
} as const satisfies Record<LedgerNumber, string>;

/** A number of one account as it stands in the URL, and back; null for what is none. */
export function behindText({ account, id }: Pick<LedgerEntry, 'account' | 'id'>, number: LedgerNumber): string {
  return `${account}.${number}.${id}`;
}

export function readBehind(entries: readonly LedgerEntry[], text: string): { entry: LedgerEntry; number: LedgerNumber } | null {
  for (const entry of entries) for (const number of numbers) if (behindText(entry, number) === text) return { entry, number };
  return null;
}

const numbers: readonly LedgerNumber[] = ['waited', 'saved', 'bypassed', 'decided'];

/** How long, and how much of it for this alone. */
export function waitedText({ waitedMs, aloneMs }: Pick<LedgerEntry, 'waitedMs' | 'aloneMs'>): string {
  if (waitedMs === aloneMs) return formatDuration(waitedMs);
  return `${formatDuration(waitedMs)}, ${formatDuration(aloneMs)} of it for this alone`;
}
