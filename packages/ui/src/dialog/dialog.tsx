'use client';

import { Suspense, lazy, useEffect } from 'react';
import type { ReactNode } from 'react';
import { afterLoad } from '../after-load/index.ts';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children?: ReactNode;
  footer?: ReactNode;
}

// No page needs it to be shown: it comes when the page is there, and is there when it is opened.
const load = () => import('./dialog-window.tsx');
const Window = lazy(async () => ({ default: (await load()).DialogWindow }));

/** A question or a form over the page. Escape closes it, and focus goes back to where it was. */
export function Dialog({ open, ...window }: DialogProps) {
  useEffect(() => afterLoad(() => void load().catch(() => undefined)), []);
  if (!open) return null;
  return (
    <Suspense fallback={null}>
      <Window {...window} />
    </Suspense>
  );
}
