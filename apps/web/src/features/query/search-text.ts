'use client';

import { useEffect, useEffectEvent, useState } from 'react';

const waitMs = 250;

/** A text that is typed: shown at once, told a quarter of a second after the last key. */
export function useSearchText(told: string, onChange: (value: string) => void): [string, (value: string) => void] {
  const [typed, setTyped] = useState(told);
  const tell = useEffectEvent((value: string) => {
    if (value !== told) onChange(value);
  });
  useEffect(() => {
    const timer = window.setTimeout(() => tell(typed.trim()), waitMs);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped];
}
