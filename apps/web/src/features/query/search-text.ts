'use client';

import { useEffect, useEffectEvent, useState } from 'react';

const waitMs = 250;

/**
 * A text that is typed: shown at once, told a quarter of a second after the last key.
 * When the told value changes from elsewhere (back, a link), the text follows it; an answer to what was told here never overwrites later keys.
 */
export function useSearchText(told: string, onChange: (value: string) => void): [string, (value: string) => void] {
  const [typed, setTyped] = useState(told);
  const [known, setKnown] = useState({ told, sent: told });
  if (known.told !== told) {
    setKnown({ ...known, told });
    if (known.sent !== told) setTyped(told);
  }
  const tell = useEffectEvent((value: string) => {
    if (value === told) return;
    setKnown((before) => ({ ...before, sent: value }));
    onChange(value);
  });
  useEffect(() => {
    const timer = window.setTimeout(() => tell(typed.trim()), waitMs);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped];
}
