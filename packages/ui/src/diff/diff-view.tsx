'use client';

import { ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import { countChanges, diffLines } from './lines.ts';

const grounds = { same: '', added: 'bg-add', removed: 'bg-remove', gap: 'bg-raised text-muted' } as const;
const signs = { same: ' ', added: '+', removed: '−', gap: '…' } as const;
const spoken = { same: '', added: 'added: ', removed: 'removed: ', gap: '' } as const;

interface DiffViewProps {
  before: string;
  after: string;
  /** What is compared, for those who listen. */
  label: string;
  /** Stands above the lines, with how many came and went. */
  title: string;
  /** The lines are shown only when they are asked for. */
  isFolded?: boolean;
}

/** The difference of two texts, line by line; signs as well as colours. */
export function DiffView({ before, after, label, title, isFolded = false }: DiffViewProps) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const { added, removed } = countChanges(lines);
  return (
    <details open={!isFolded} className="group bg-surface min-w-0 rounded-md border border-line">
      <summary className="flex cursor-pointer flex-wrap items-center gap-x-2 px-3 py-1.5 text-xs">
        <ChevronRight size={13} aria-hidden className="text-muted transition-transform group-open:rotate-90" />
        <span className="font-medium">{title}</span>
        <span className="ml-auto tabular-nums">
          <span className="text-success-fg">+{added}</span> <span className="text-danger-fg">−{removed}</span>
          <span className="sr-only"> lines</span>
        </span>
      </summary>
      <section
        aria-label={label}
        tabIndex={0}
        className="relative max-h-[28rem] overflow-auto rounded-b-md border-t border-line font-mono text-xs leading-5"
      >
        <table className="w-full border-collapse">
          <tbody>
            {lines.map((line, index) => (
              <tr key={index} className={grounds[line.kind]}>
                <td aria-hidden className="text-muted w-6 px-2 text-center align-top select-none">
                  {signs[line.kind]}
                </td>
                <td className="pr-3 break-all whitespace-pre-wrap">
                  <span className="sr-only">{spoken[line.kind]}</span>
                  {line.text}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
