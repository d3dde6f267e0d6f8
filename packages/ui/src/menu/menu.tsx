'use client';

import { useId, useRef } from 'react';
import type { ReactNode, ToggleEvent } from 'react';
import { Link } from '../link/index.ts';

export interface MenuItem {
  label: string;
  onSelect?: () => void;
  href?: string;
}

export interface MenuProps {
  /** Name of the button. */
  label: string;
  /** What the button shows. */
  children: ReactNode;
  /** What stands above the items and cannot be chosen. */
  heading?: string;
  items: readonly MenuItem[];
}

const row = 'block w-full rounded px-2.5 py-1.5 text-left hover:bg-raised focus-visible:bg-raised';
const gapPx = 6;

/** Links and actions behind one button. The browser opens it, closes it on Escape or a click elsewhere, and gives the focus back. */
export function Menu({ label, children, heading, items }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const place = ({ newState, currentTarget }: ToggleEvent<HTMLDivElement>): void => {
    const under = button.current?.getBoundingClientRect();
    if (newState !== 'open' || under === undefined) return;
    currentTarget.style.top = `${under.bottom + gapPx}px`;
    currentTarget.style.right = `${document.documentElement.clientWidth - under.right}px`;
  };
  return (
    <>
      <button ref={button} type="button" popoverTarget={id} aria-label={label} className="rounded-full">
        {children}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        onBeforeToggle={place}
        className="bg-surface text-text fixed inset-auto m-0 min-w-44 rounded-md border border-line p-1 shadow-lg"
      >
        {heading !== undefined && <p className="text-muted px-2.5 py-1.5">{heading}</p>}
        <ul>
          {items.map(({ label: name, href, onSelect }) => (
            <li key={name}>
              {href === undefined ? (
                <button type="button" popoverTarget={id} popoverTargetAction="hide" className={row} onClick={onSelect}>
                  {name}
                </button>
              ) : (
                <Link href={href} className={row} onClick={() => list.current?.hidePopover()}>
                  {name}
                </Link>
              )}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
