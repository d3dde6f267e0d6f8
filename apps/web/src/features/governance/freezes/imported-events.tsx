'use client';

import type { CalendarEvent, ImportedCalendar } from '@flow/core/freeze';
import { Button } from '@flow/ui/button';
import { Status } from '@flow/ui/status';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useTenant } from '../../shell/tenant.tsx';
import type { PolicyDocument } from '../policy/save-policy.ts';
import { recurrenceText } from '../window/recurrence.ts';

/** How the save of one event ended: an empty text for saved, else what was said against it. */
type Outcomes = ReadonlyMap<CalendarEvent, string>;

interface ImportedEventsProps {
  calendar: ImportedCalendar;
  documentOf: (event: CalendarEvent) => PolicyDocument;
  onClose: () => void;
}

/** What becomes a freeze and what is refused; saves the freezes one by one and says how each ended. */
export function ImportedEvents({ calendar, documentOf, onClose }: ImportedEventsProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [outcomes, setOutcomes] = useState<Outcomes>(new Map());
  const save = useMutation(api.policy.save.mutationOptions());
  const open = calendar.events.filter((event) => outcomes.get(event) !== '');
  const saveAll = useMutation({
    mutationFn: async () => {
      // One after the other: a tenant may not be flooded by one file.
      for (const event of open) {
        const said = await save
          .mutateAsync({ tenant, kind: 'freeze', document: documentOf(event), note: `Imported: ${event.uid}`.slice(0, 500) })
          .then(() => '')
          .catch((error: unknown) => [faultOf(error).message, ...faultOf(error).fields.values()].join('. '));
        setOutcomes((known) => new Map(known).set(event, said));
      }
    },
    onSettled: () => queryClient.invalidateQueries(api.policy.pathFilter()),
  });
  const isDone = open.length === 0;
  return (
    <>
      <h3 className="font-medium">{countText(calendar.events.length, 'event becomes a freeze', 'events become freezes')}</h3>
      <ul className="flex flex-col gap-2">
        {calendar.events.map((event, index) => (
          // The same event can stand in a file twice.
          <li key={`${index} ${event.uid}`} className="border-b border-line pb-2 last:border-0">
            <div className="flex flex-wrap justify-between gap-2">
              <span className="font-medium">{event.title}</span>
              <Outcome said={outcomes.get(event)} />
            </div>
            <p className="text-muted text-xs">
              {event.window.start.replace('T', ' ')} to {event.window.end.replace('T', ' ')}, {event.window.zone},{' '}
              {recurrenceText(event.window.recurrence)}
            </p>
            <p className="text-danger-fg text-xs">{outcomes.get(event)}</p>
          </li>
        ))}
      </ul>
      {calendar.refused.length === 0 ? null : (
        <>
          <h3 className="font-medium">{countText(calendar.refused.length, 'event is refused', 'events are refused')}</h3>
          <ul className="flex flex-col gap-1">
            {calendar.refused.map(({ title, reason }, index) => (
              <li key={`${index} ${title}`}>
                <span className="font-medium">{title}</span>: {reason}
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          {isDone ? 'Close' : 'Back'}
        </Button>
        {isDone ? null : (
          <Button variant="primary" isBusy={saveAll.isPending} onClick={() => saveAll.mutate()}>
            {open.length === 1 ? 'Save 1 freeze' : `Save ${open.length} freezes`}
          </Button>
        )}
      </div>
    </>
  );
}

function Outcome({ said }: { said: string | undefined }) {
  if (said === undefined) return null;
  return said === '' ? <Status tone="success" label="Saved" /> : <Status tone="danger" label="Not saved" />;
}

function countText(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}
