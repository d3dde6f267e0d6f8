'use client';

import { Suspense, lazy, useEffect, useState } from 'react';
import { afterLoad } from '../after-load/index.ts';

const load = () => import('./toaster-window.tsx');
const Window = lazy(async () => ({ default: (await load()).ToasterWindow }));

/** Settled once there is a place for messages: one that comes earlier waits for it. */
const place = Promise.withResolvers<void>();

async function show(tone: 'message' | 'success' | 'error', text: string): Promise<void> {
  const [{ toast: sonner }] = await Promise.all([load(), place.promise]);
  sonner[tone](text);
}

/** Shows a short message at the edge of the page. */
export function toast(text: string): void {
  void show('message', text);
}
toast.success = (text: string): void => void show('success', text);
toast.error = (text: string): void => void show('error', text);

/** Where short messages appear: loaded when the page is there. */
export function Toaster() {
  const [isWanted, setWanted] = useState(false);
  useEffect(() => afterLoad(() => setWanted(true)), []);
  if (!isWanted) return null;
  return (
    <Suspense fallback={null}>
      <Window onReady={place.resolve} />
    </Suspense>
  );
}
