'use client';

import { Time } from '@flow/ui/time';
import { stateLabel } from '../shell/states.ts';
import { may, titleOf, whyNot } from './abilities.ts';
import type { ApprovalItem } from './abilities.ts';

interface RequestListProps {
  items: readonly ApprovalItem[];
  selectedId: string;
  onSelect: (item: ApprovalItem) => void;
  /** Ids that are chosen for a bulk answer. */
  chosen: ReadonlySet<string>;
  onToggle: (item: ApprovalItem) => void;
}

/** Requests, newest first: one is shown beside, several can be chosen for one answer. */
export function RequestList({ items, selectedId, onSelect, chosen, onToggle }: RequestListProps) {
  return (
    <ul aria-label="Requests" className="divide-y divide-line self-start rounded-md border border-line bg-surface">
      {items.map((item) => (
        <li key={item.id} className={`flex items-start ${item.id === selectedId ? 'bg-raised' : 'hover:bg-raised'}`}>
          {item.state === 'pending' ? (
            <span className="flex min-h-11 min-w-9 items-center justify-center">
              <input
                type="checkbox"
                className="size-4"
                aria-label={`Choose ${titleOf(item)}`}
                checked={chosen.has(item.id)}
                disabled={!may(item, 'reject')}
                onChange={() => onToggle(item)}
              />
            </span>
          ) : null}
          <button
            type="button"
            aria-pressed={item.id === selectedId}
            onClick={() => onSelect(item)}
            className="flex min-w-0 flex-1 flex-col gap-0.5 p-3 pl-1 text-left first:pl-3"
          >
            <span className="font-medium">{titleOf(item)}</span>
            <span className="text-muted flex justify-between gap-2">
              <span className="truncate">{item.commitMessage}</span>
              <Time at={item.decidedAt ?? item.createdAt} />
            </span>
            <span className="text-muted text-xs">{lineOf(item)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function lineOf(item: ApprovalItem): string {
  if (item.state !== 'pending') return stateLabel(item.state);
  return may(item, 'approve') ? 'Waits for you' : whyNot(item, 'approve');
}
