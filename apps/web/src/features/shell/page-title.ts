'use client';

import { useEffect } from 'react';

/** Names the tab after what is on the page and its state, live: many tabs can then be told apart. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    const before = document.title;
    const mine = `${title} · Flow`;
    document.title = mine;
    return () => {
      // The next page may have named the tab already.
      if (document.title === mine) document.title = before;
    };
  }, [title]);
}
