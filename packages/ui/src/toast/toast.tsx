'use client';

import { Toaster as Sonner } from 'sonner';

export { toast } from 'sonner';

/** Where short messages appear. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      closeButton
      toastOptions={{ style: { background: 'var(--surface)', color: 'var(--text)', borderColor: 'var(--line)', fontFamily: 'inherit' } }}
    />
  );
}
