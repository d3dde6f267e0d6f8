'use client';

import type { CalendarEvent } from '@flow/core/freeze';
import { Button } from '@flow/ui/button';
import { Dialog } from '@flow/ui/dialog';
import { Notice } from '@flow/ui/feedback';
import { SelectField, TextArea, TextField } from '@flow/ui/field';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { faultOf } from '../../../api-client/fault.ts';
import { enforcementOf, enforcementOptions } from '../policy/enforcement.tsx';
import { inFlightOptions } from './freeze-texts.ts';
import { ImportedEvents } from './imported-events.tsx';
import { readCalendar } from './read-calendar.ts';
import { viewerZone } from './clock.ts';

/** Makes freezes of the events of an iCalendar: pasted or from a file, looked at first, then each saved. */
export function ImportFreezes() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Import calendar</Button>
      {isOpen ? <ImportDialog onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function ImportDialog({ onClose }: { onClose: () => void }) {
  const fileId = useId();
  const [text, setText] = useState('');
  const [zone, setZone] = useState(viewerZone);
  const [enforcement, setEnforcement] = useState('enforce');
  const [inFlight, setInFlight] = useState('finishWave');
  const read = useMutation({ mutationFn: () => readCalendar(text, zone) });
  const calendar = read.data?.ok === true ? read.data.calendar : null;
  const change = (next: string): void => {
    setText(next);
    read.reset();
  };
  const documentOf = ({ title, description, window }: CalendarEvent) => ({
    title,
    reason: description,
    scope: {},
    appliesTo: {},
    enforcement: enforcementOf(enforcement),
    window: { ...window, exceptions: [...window.exceptions] },
    inFlight,
  });
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title="Import a calendar"
      description="Each event of an iCalendar becomes a freeze of everything here; give it a narrower scope afterwards."
    >
      <div className="flex flex-col gap-4">
        <TextArea
          label="Calendar"
          rows={6}
          spellCheck={false}
          className="font-mono"
          placeholder="BEGIN:VCALENDAR"
          value={text}
          onChange={(event) => change(event.target.value)}
        />
        <div className="flex flex-col gap-1">
          <label htmlFor={fileId} className="text-xs font-medium">
            Or a file
          </label>
          <input
            id={fileId}
            type="file"
            accept=".ics,text/calendar"
            className="text-xs file:mr-3 file:h-7 file:cursor-pointer file:rounded-md file:border file:border-line file:bg-surface file:px-2.5 file:text-text hover:file:bg-raised"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) void file.text().then(change);
            }}
          />
        </div>
        <TextField label="Zone of times that name none" value={zone} onChange={(event) => setZone(event.target.value)} />
        <SelectField
          label="Enforcement"
          options={enforcementOptions}
          value={enforcement}
          onChange={(event) => setEnforcement(event.target.value)}
        />
        <SelectField
          label="Deployments that are moving when one begins"
          options={inFlightOptions}
          value={inFlight}
          onChange={(event) => setInFlight(event.target.value)}
        />
        {read.data?.ok === false ? <Notice tone="danger">{read.data.message}</Notice> : null}
        {read.error === null ? null : <Notice tone="danger">{faultOf(read.error).message}</Notice>}
        {calendar === null ? (
          <div className="flex justify-end gap-2">
            <Button variant="ghost" onClick={onClose}>
              Back
            </Button>
            <Button variant="primary" disabled={text.trim() === ''} isBusy={read.isPending} onClick={() => read.mutate()}>
              Look at it
            </Button>
          </div>
        ) : (
          <ImportedEvents calendar={calendar} documentOf={documentOf} onClose={onClose} />
        )}
      </div>
    </Dialog>
  );
}
