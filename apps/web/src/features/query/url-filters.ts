'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';

export interface UrlFilters {
  /** The value in the URL, or an empty text. */
  get: (name: string) => string;
  /** Puts values into the URL; an empty one is taken out. Another filter starts at the first page again. */
  set: (values: Readonly<Record<string, string>>) => void;
  /** The place in the list, as it is in the URL. */
  cursor: string | undefined;
  /** The next, older page. */
  goOlder: (cursor: string) => void;
  /** The page before in the history of this tab. */
  goNewer: () => void;
}

/** Filters and the place in a list, kept in the URL: what is on the screen can be sent to a colleague. */
export function useUrlFilters(): UrlFilters {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const cursors = params.getAll('after');
  const go = (change: (next: URLSearchParams) => void, isNewEntry: boolean): void => {
    const next = new URLSearchParams(params.toString());
    change(next);
    const url = next.size === 0 ? path : `${path}?${next.toString()}`;
    if (isNewEntry) router.push(url);
    else router.replace(url, { scroll: false });
  };
  return {
    get: (name) => params.get(name) ?? '',
    set: (values) =>
      go((next) => {
        next.delete('after');
        for (const [name, value] of Object.entries(values)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
      }, false),
    cursor: cursors.at(-1),
    goOlder: (cursor) => go((next) => next.append('after', cursor), true),
    goNewer: () =>
      go((next) => {
        next.delete('after');
        for (const earlier of cursors.slice(0, -1)) next.append('after', earlier);
      }, true),
  };
}
