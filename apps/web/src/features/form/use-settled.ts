import { useEffect, useState } from 'react';

const settledMs = 500;

/** A value once it has stayed the same for half a second: what is still being typed is not asked about. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settledMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
