'use client';

import type { ReactNode } from 'react';
import { Link } from '../link/index.ts';

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  width?: string;
  align?: 'left' | 'right';
  /** Its text may wrap and takes the width that is left; the others stay on one line. */
  isWide?: boolean;
  /** The header is read aloud only: for a column of buttons. */
  isHeaderHidden?: boolean;
}

export interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowHref?: (row: Row) => string;
  emptyState?: ReactNode;
}

// In a panel whose content reaches its edges the panel is the frame.
const frame = 'bg-surface rounded-lg border border-line group-data-flush/panel:rounded-none group-data-flush/panel:border-0';

/** A dense table. With `rowHref` the first cell is a link, marked `data-row` for keys that move from row to row. */
export function DataTable<Row>({ caption, columns, rows, rowKey, rowHref, emptyState }: DataTableProps<Row>) {
  if (rows.length === 0 && emptyState !== undefined) return <div className={frame}>{emptyState}</div>;
  return (
    <div className={`${frame} overflow-x-auto`}>
      <table className="w-full border-collapse text-left max-sm:block">
        <caption className="sr-only">{caption}</caption>
        <thead className="max-sm:sr-only">
          <tr className="text-muted border-b border-line text-xs">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={`px-4 py-2 font-medium whitespace-nowrap ${column.align === 'right' ? 'text-right' : ''} ${column.isWide === true ? 'w-full' : ''}`}
                style={{ width: column.width }}
              >
                <span className={column.isHeaderHidden === true ? 'sr-only' : ''}>{column.header}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              className="hover:bg-raised border-b border-line last:border-0 max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:gap-x-4 max-sm:gap-y-1 max-sm:px-4 max-sm:py-2.5"
            >
              {columns.map((column, index) => (
                <td
                  key={column.key}
                  data-label={index === 0 || column.isWide === true || column.isHeaderHidden === true ? undefined : column.header}
                  className={`px-4 py-2 max-sm:p-0 ${cellClasses(column, index)}`}
                >
                  {index === 0 && rowHref !== undefined ? (
                    <Link href={rowHref(row)} data-row className="block font-medium hover:underline">
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

// Beside its value stands the name of a column on a phone, where the headers are out of sight.
const labelled =
  'max-sm:data-label:before:text-muted max-sm:data-label:before:mr-1.5 max-sm:data-label:before:text-xs max-sm:data-label:before:content-[attr(data-label)]';

function cellClasses(column: Pick<Column<never>, 'align' | 'isWide'>, index: number): string {
  const width =
    column.isWide === true ? 'sm:min-w-56 max-sm:w-full' : index === 0 ? 'whitespace-nowrap max-sm:w-full' : 'whitespace-nowrap';
  return [width, labelled, column.align === 'right' ? 'text-right tabular-nums' : ''].join(' ');
}
