import { Check, Circle, CircleDot, Minus, X } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

type StepState = 'done' | 'current' | 'upcoming' | 'failed' | 'skipped';

const shown: Readonly<Record<StepState, { icon: LucideIcon; classes: string; word: string }>> = {
  done: { icon: Check, classes: 'text-success-fg border-success-line bg-success-bg', word: 'done' },
  current: { icon: CircleDot, classes: 'text-running-fg border-running-line bg-running-bg font-semibold', word: 'now' },
  upcoming: { icon: Circle, classes: 'text-muted border-line', word: 'to come' },
  failed: { icon: X, classes: 'text-danger-fg border-danger-line bg-danger-bg', word: 'failed' },
  skipped: { icon: Minus, classes: 'text-muted border-line', word: 'skipped' },
};

/** Steps one after the other, with the one where it stands. */
export function StepLadder({
  steps,
  orientation = 'vertical',
}: {
  steps: readonly { label: string; state: StepState; detail?: ReactNode }[];
  orientation?: 'vertical' | 'horizontal';
}) {
  return (
    <ol aria-label="Steps" className={orientation === 'vertical' ? 'flex flex-col gap-1' : 'flex flex-wrap gap-1.5'}>
      {steps.map((step, index) => {
        const { icon: Icon, classes, word } = shown[step.state];
        return (
          <li
            key={index}
            aria-current={step.state === 'current' ? 'step' : undefined}
            className={`flex items-center gap-1.5 rounded-md border px-2 py-1 text-xs ${classes}`}
          >
            <Icon size={13} aria-hidden />
            {step.label}
            {step.detail !== undefined && <span className="font-normal">{step.detail}</span>}
            <span className="sr-only">, {word}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** A share from 0 to 100 as a bar. */
export function WeightBar({ percent, label }: { percent: number; label: string }) {
  return (
    <div title={label} className="bg-raised h-2 w-full min-w-0 overflow-hidden rounded-full">
      <span className="sr-only">{label}</span>
      <div className="bg-accent h-full rounded-full transition-[width]" style={{ width: `${percent}%` }} />
    </div>
  );
}
