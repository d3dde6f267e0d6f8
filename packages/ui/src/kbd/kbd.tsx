import type { ReactNode } from 'react';

/** A key to press. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="bg-raised rounded border border-line px-1.5 py-0.5 font-mono text-xs">{children}</kbd>;
}
