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

/** `⌘K` or `Ctrl K` opens the palette, `?` the list of keys, `g` and a letter goes to a page. Not while something is typed. */
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
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      const place = isGoing ? places.find((candidate) => candidate.key === event.key) : undefined;
      if (place !== undefined) {
        event.preventDefault();
        router.push(`${base}${place.path}`);
      }
      if (event.key === '?') latest.current.onHelp();
      isGoing = event.key === 'g';
    };
    // Before the keys of the page itself: the letter after `g` is not one of them.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [base, router]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

const others: readonly [string, string][] = [
  ['⌘K', 'Search or jump to'],
  ['?', 'This list'],
  ['j / k', 'Next or previous row'],
  ['Enter', 'Open the row'],
  ['y / n', 'Approve or reject, in the approvals'],
  ['p', 'Promote, on a deployment'],
  ['a', 'Abort, on a deployment'],
  ['r', 'Roll back, on a deployment'],
];

/** The list of keys. */
export function KeyHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const rows: readonly (readonly [string, string])[] = [...others, ...places.map((place) => [`g ${place.key}`, place.label] as const)];
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys">
      <dl className="grid grid-cols-[6rem_1fr] gap-y-1.5">
        {rows.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <Kbd>{keys}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
