'use client';

import { Ban, CircleAlert, CircleCheck, CircleDashed, CircleX, Clock, Info, LoaderCircle } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

export type Tone = 'neutral' | 'info' | 'running' | 'waiting' | 'success' | 'warning' | 'danger' | 'blocked';

const icons: Readonly<Record<Tone, LucideIcon>> = {
  neutral: CircleDashed,
  info: Info,
  running: LoaderCircle,
  waiting: Clock,
  success: CircleCheck,
  warning: CircleAlert,
  danger: CircleX,
  blocked: Ban,
};

/** Colour of the text of each tone. */
export const toneText: Readonly<Record<Tone, string>> = {
  neutral: 'text-neutral-fg',
  info: 'text-info-fg',
  running: 'text-running-fg',
  waiting: 'text-waiting-fg',
  success: 'text-success-fg',
  warning: 'text-warning-fg',
  danger: 'text-danger-fg',
  blocked: 'text-danger-fg',
};

/** Ground and line of each tone, for badges and notices. */
export const toneGround: Readonly<Record<Tone, string>> = {
  neutral: 'bg-neutral-bg border-neutral-line text-neutral-fg',
  info: 'bg-info-bg border-info-line text-info-fg',
  running: 'bg-running-bg border-running-line text-running-fg',
  waiting: 'bg-waiting-bg border-waiting-line text-waiting-fg',
  success: 'bg-success-bg border-success-line text-success-fg',
  warning: 'bg-warning-bg border-warning-line text-warning-fg',
  danger: 'bg-danger-bg border-danger-line text-danger-fg',
  blocked: 'bg-danger-bg border-danger-line text-danger-fg',
};

/** A state: one picture, one word, one colour, never the colour alone. A change of it on the screen is marked for a moment. */
export function Status({ tone, label }: { tone: Tone; label: string }) {
  const Icon = icons[tone];
  const changeCount = useChangeCount(label);
  return (
    <span
      // A new element for each change: only so does its mark begin anew.
      key={changeCount}
      className={`inline-flex items-center gap-1.5 rounded align-bottom font-medium whitespace-nowrap ${toneText[tone]} ${changeCount > 0 ? 'animate-mark' : ''}`}
    >
      <Icon size={15} aria-hidden className={tone === 'running' ? 'animate-spin' : ''} />
      {label}
    </span>
  );
}

/** How often a value has changed since it came on the screen. */
function useChangeCount(value: string): number {
  const [known, setKnown] = useState({ value, count: 0 });
  if (known.value === value) return known.count;
  setKnown({ value, count: known.count + 1 });
  return known.count + 1;
}

/** A short word on a ground of its tone. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center rounded border align-middle px-1.5 py-0.5 text-xs font-medium ${toneGround[tone]}`}>
      {children}
    </span>
  );
}
