'use client';

import { Dialog } from '@flow/ui/dialog';
import { Kbd } from '@flow/ui/kbd';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { places } from './navigation.ts';

interface KeyActions {
  onPalette(): void;
  onHelp(): void;
}

/**
 * `⌘K` or `Ctrl K` opens the palette, `?` the list of keys, `g` and a letter goes to a page, `/` goes to the search of the page,
 * `j` and `k` to the next and the previous row. Not while something is typed or a question is open.
 */
export function useNavigationKeys(base: string, actions: KeyActions): void {
  const router = useRouter();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let isGoing = false;
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.onPalette();
        return;
      }
      if (isMeantForElse(event)) return;
      const place = isGoing ? places.find((candidate) => candidate.key === event.key) : undefined;
      isGoing = event.key === 'g';
      if (place === undefined) actOn(event, latest.current);
      else {
        event.preventDefault();
        router.push(`${base}${place.path}`);
      }
    };
    // Before the keys of the page itself: the letter after `g` is not one of them.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [base, router]);
}

/** Something is being typed, a question is open, or it is a shortcut of the browser. */
function isMeantForElse(event: KeyboardEvent): boolean {
  return isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey || document.querySelector('[role=dialog]') !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

function actOn(event: KeyboardEvent, actions: KeyActions): void {
  if (event.key === '?') actions.onHelp();
  if (event.key === '/') goToSearch(event, actions);
  if (event.key === 'j') goToRow(1);
  if (event.key === 'k') goToRow(-1);
}

/** The search field of the page, and where there is none the palette. */
function goToSearch(event: KeyboardEvent, actions: KeyActions): void {
  event.preventDefault();
  const field = document.querySelector<HTMLInputElement>('main input[type=search]');
  if (field === null) actions.onPalette();
  else field.focus();
}

/** Moves the focus over the links of the rows; from outside them to the first one. */
function goToRow(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const at = links.findIndex((link) => link === document.activeElement);
  links[at === -1 ? 0 : at + step]?.focus();
}

const others: readonly [string, string][] = [
  ['⌘K', 'Search or jump to'],
  ['?', 'This list'],
  ['/', 'Search on this page'],
  ['j / k', 'Next or previous row'],
  ['Enter', 'Open the row'],
  ['y / n', 'Approve or reject, in the approvals'],
  ['x', 'Choose a request for one answer to several'],
  ['p', 'Promote, on a deployment'],
  ['a', 'Abort, on a deployment'],
  ['r', 'Roll back, on a deployment'],
];

/** The list of keys. */
export function KeyHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        <KeyRows heading="Here and anywhere" rows={others} />
        <KeyRows heading="Go to" rows={places.map((place) => [`g ${place.key}`, place.label])} />
      </div>
    </Dialog>
  );
}

function KeyRows({ heading, rows }: { heading: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3 className="text-muted mb-2 text-xs font-medium">{heading}</h3>
      <dl className="grid grid-cols-[4.5rem_1fr] gap-y-1.5">
        {rows.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <Kbd>{keys}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
