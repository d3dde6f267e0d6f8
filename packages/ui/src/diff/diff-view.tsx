'use client';

import { useMemo } from 'react';
import { diffLines } from './lines.ts';

const grounds = { same: '', added: 'bg-add', removed: 'bg-remove', gap: 'bg-raised text-muted' } as const;
const signs = { same: ' ', added: '+', removed: '−', gap: '…' } as const;

/** The difference of two texts, line by line; signs as well as colours. */
export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  return (
    <section aria-label={label} tabIndex={0} className="max-h-[32rem] overflow-auto rounded-md border border-line font-mono text-xs">
      <table className="w-full border-collapse">
        <tbody>
          {lines.map((line, index) => (
            <tr key={index} className={grounds[line.kind]}>
              <td className="text-muted w-6 px-2 text-center select-none">{signs[line.kind]}</td>
              <td className="px-2 whitespace-pre">{line.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
