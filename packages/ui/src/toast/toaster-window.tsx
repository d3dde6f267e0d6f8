'use client';

import { useEffect } from 'react';
import { Toaster as Sonner } from 'sonner';

export { toast } from 'sonner';

/** Where short messages appear; says when it is there. */
export function ToasterWindow({ onReady }: { onReady: () => void }) {
  useEffect(onReady, [onReady]);
  return (
    <Sonner
      position="bottom-right"
      closeButton
      toastOptions={{ style: { background: 'var(--surface)', color: 'var(--text)', borderColor: 'var(--line)', fontFamily: 'inherit' } }}
    />
  );
}
