'use client';

import { Link } from '@flow/ui/link';
import { usePathname } from 'next/navigation';

const views = [
  { value: '', label: 'Month' },
  { value: 'week', label: 'Week' },
  { value: 'list', label: 'List' },
];

/** The ways to look at freezes; which one is in the URL. */
export function ViewLinks({ view }: { view: string }) {
  const path = usePathname();
  return (
    <nav aria-label="View" className="flex gap-1">
      {views.map(({ value, label }) => (
        <Link
          key={value}
          href={value === '' ? path : `${path}?view=${value}`}
          {...(value === view ? { 'aria-current': 'true' } : {})}
          className="text-muted hover:bg-raised aria-[current=true]:bg-raised aria-[current=true]:text-text rounded-md px-3 py-1 font-medium"
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
