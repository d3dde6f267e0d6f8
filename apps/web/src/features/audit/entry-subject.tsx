'use client';

import { Link } from '@flow/ui/link';
import type { UrlFilters } from '../query/url-filters.ts';

/** Where the page of a kind of subject is. */
const pages: Readonly<Record<string, string>> = { run: 'runs', deployment: 'deployments', artifact: 'artifacts' };

/** What was changed: a way to its page where it has one, and to all that was ever done to it. */
export function EntrySubject({ tenant, subject, filters }: { tenant: string; subject: string; filters: UrlFilters }) {
  const [kind = '', id = ''] = subject.split(':');
  const page = pages[kind];
  const name = kind.charAt(0).toUpperCase() + kind.slice(1);
  return (
    <span className="inline-flex gap-2" title={subject}>
      {page === undefined ? (
        name
      ) : (
        <Link className="text-accent hover:underline" href={`/t/${tenant}/${page}/${id}`}>
          {name}
        </Link>
      )}
      {filters.get('subject') !== subject && (
        <button type="button" className="text-muted text-xs hover:underline" onClick={() => filters.set({ subject })}>
          only this
        </button>
      )}
    </span>
  );
}
