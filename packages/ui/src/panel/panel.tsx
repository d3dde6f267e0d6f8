import { useId } from 'react';
import type { ReactNode } from 'react';
import { Link } from '../link/index.ts';

export interface PanelProps {
  title?: string;
  actions?: ReactNode;
  children: ReactNode;
  id?: string;
  /** The content reaches the edges: for a table or a list, which then has no frame of its own. */
  isFlush?: boolean;
}

/** A part of a page on a ground of its own. */
export function Panel({ title, actions, children, id, isFlush = false }: PanelProps) {
  const titleId = useId();
  return (
    <section
      id={id}
      aria-labelledby={title === undefined ? undefined : titleId}
      data-flush={isFlush || undefined}
      className="group/panel bg-surface overflow-hidden rounded-lg border border-line"
    >
      {(title !== undefined || actions !== undefined) && (
        <header className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1.5">
          {title !== undefined && (
            <h2 id={titleId} className="font-semibold">
              {title}
            </h2>
          )}
          {actions}
        </header>
      )}
      <div className={isFlush ? 'min-w-0' : 'min-w-0 p-4'}>{children}</div>
    </section>
  );
}

export interface Crumb {
  label: string;
  href: string;
}

/** The head of a page: where one is, what it is, what can be done. */
export function PageHeader({
  title,
  subtitle,
  crumbs = [],
  actions,
}: {
  title: string;
  subtitle?: ReactNode;
  crumbs?: readonly Crumb[];
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0 flex-1 basis-72">
        {crumbs.length > 0 && (
          <nav aria-label="Path" className="text-muted mb-1 flex flex-wrap gap-1.5 text-xs">
            {crumbs.map((crumb, index) => (
              <span key={crumb.href} className="flex gap-1.5">
                {index > 0 && <span aria-hidden>/</span>}
                <Link href={crumb.href} className="hover:text-text hover:underline">
                  {crumb.label}
                </Link>
              </span>
            ))}
          </nav>
        )}
        <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
        {subtitle !== undefined && <div className="text-muted mt-1">{subtitle}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}

/** Names with their values. */
export function KeyValues({ items }: { items: readonly { label: string; value: ReactNode }[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[minmax(8rem,max-content)_1fr]">
      {items.map((item) => (
        <div key={item.label} className="sm:contents">
          <dt className="text-muted">{item.label}</dt>
          <dd className="min-w-0 break-words">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
