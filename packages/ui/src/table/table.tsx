'use client';

import type { KeyboardEvent, ReactNode } from 'react';
import { Link } from '../link/index.ts';

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  width?: string;
  align?: 'left' | 'right';
}

export interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowHref?: (row: Row) => string;
  emptyState?: ReactNode;
}

/** A dense table. With `rowHref` the first cell is a link; `j` and `k` move from row to row. */
export function DataTable<Row>({ caption, columns, rows, rowKey, rowHref, emptyState }: DataTableProps<Row>) {
  if (rows.length === 0 && emptyState !== undefined) return <div className="bg-surface rounded-lg border border-line">{emptyState}</div>;
  return (
    <div className="bg-surface overflow-x-auto rounded-lg border border-line">
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-muted border-b border-line text-xs">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={`px-3 py-2 font-medium ${column.align === 'right' ? 'text-right' : ''}`}
                style={{ width: column.width }}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="hover:bg-raised border-b border-line last:border-0">
              {columns.map((column, index) => (
                <td key={column.key} className={`px-3 py-2 ${column.align === 'right' ? 'text-right tabular-nums' : ''}`}>
                  {index === 0 && rowHref !== undefined ? (
                    <Link href={rowHref(row)} data-row onKeyDown={moveBetweenRows} className="block font-medium hover:underline">
                      {column.cell(row)}
                    </Link>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function moveBetweenRows(event: KeyboardEvent<HTMLAnchorElement>): void {
  if (event.key !== 'j' && event.key !== 'k') return;
  const links = [...(event.currentTarget.closest('table')?.querySelectorAll<HTMLAnchorElement>('a[data-row]') ?? [])];
  const at = links.findIndex((link) => link === document.activeElement);
  links[at + (event.key === 'j' ? 1 : -1)]?.focus();
}
