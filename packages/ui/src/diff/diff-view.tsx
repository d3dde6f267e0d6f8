'use client';

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
}

/** The difference of two texts, line by line; signs as well as colours. */
export function DiffView({ before, after, label, title }: DiffViewProps) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const { added, removed } = countChanges(lines);
  return (
    <div className="bg-surface min-w-0 overflow-hidden rounded-md border border-line">
      <div className="flex flex-wrap items-baseline gap-x-3 border-b border-line px-3 py-1.5 text-xs">
        <span className="font-medium">{title}</span>
        <span className="text-muted ml-auto tabular-nums">
          {added + removed === 0 ? (
            'no difference'
          ) : (
            <>
              <span className="text-success-fg">+{added}</span> <span className="text-danger-fg">−{removed}</span>
              <span className="sr-only"> lines</span>
            </>
          )}
        </span>
      </div>
      {added + removed > 0 && (
        <section aria-label={label} tabIndex={0} className="max-h-[28rem] overflow-auto font-mono text-xs leading-5">
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
      )}
    </div>
  );
}
