import type { ReactNode } from 'react';

/** A key to press. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="bg-raised rounded border border-line px-1.5 py-0.5 font-mono text-xs">{children}</kbd>;
}

/** The key of a button, in it: for the eye and where there is a keyboard. It is no part of the button's name. */
export function KeyHint({ children }: { children: ReactNode }) {
  return (
    <kbd aria-hidden className="hidden rounded border border-current px-1 font-mono text-[0.6875rem] leading-4 opacity-60 lg:inline">
      {children}
    </kbd>
  );
}
