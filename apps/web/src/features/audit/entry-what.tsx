'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { DiffView } from '@flow/ui/diff';
import { useState } from 'react';

export type Entry = RouterOutputs['audit']['list']['items'][number];

const doors = { portal: 'the portal', api: 'the API, with a token', webhook: 'a signed delivery', worker: 'Flow itself' } as const;

/** What was done in a sentence; opened, how it was before and after, and where it came from. */
export function EntryWhat({ entry }: { entry: Entry }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer">{entry.summary}</summary>
      {isOpen && (
        <div className="bg-raised mt-2 flex flex-col gap-3 rounded-md p-3 text-xs">
          <Change before={entry.before} after={entry.after} />
          <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[max-content_1fr]">
            <Detail label="Action" value={entry.action} />
            <Detail label="Subject" value={entry.subject} />
            <Detail label="Actor" value={entry.actor} />
            <Detail label="On behalf of" value={entry.onBehalfOf} />
            <Detail label="Through" value={doors[entry.door]} />
            <Detail label="Address" value={entry.address} />
            <Detail label="Request" value={entry.requestId} />
          </dl>
        </div>
      )}
    </details>
  );
}

/** Both sides line by line where there are two; otherwise the one that there is. */
function Change({ before, after }: { before: unknown; after: unknown }) {
  const [was, is] = [textOf(before), textOf(after)];
  if (was === '' && is === '') return null;
  if (was !== '' && is !== '') return <DiffView title="Before and after" label="How it was before and after" before={was} after={is} />;
  return (
    <div>
      <p className="font-medium">{was === '' ? 'After' : 'Before'}</p>
      <pre className="font-mono break-all whitespace-pre-wrap">{was === '' ? is : was}</pre>
    </div>
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function Detail({ label, value }: { label: string; value: string | null }) {
  if (value === null) return null;
  return (
    <div className="sm:contents">
      <dt className="text-muted">{label}</dt>
      <dd className="font-mono break-all">{value}</dd>
    </div>
  );
}
