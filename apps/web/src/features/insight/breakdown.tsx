import { EmptyState } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { formatDuration } from '@flow/ui/time';
import type { Behind, Insight, InsightNumber } from './insight-in-url.ts';
import { frequencyText, shareText } from './insight-texts.ts';
import type { KeyFigures } from './insight-texts.ts';
import { NoNumber, NumberButton } from './number-button.tsx';

interface Row {
  of: string;
  name: string;
  figures: KeyFigures;
  /** What of the page the row is of. */
  part: Pick<Behind, 'serviceId' | 'region'>;
}

interface BreakdownProps {
  title: string;
  /** What a line is of. */
  header: string;
  rows: readonly Row[];
  period: Insight['period'];
  show: (behind: Behind) => void;
}

/** The four keys, one line for each service or region. */
export function Breakdown({ title, header, rows, period, show }: BreakdownProps) {
  const number = (row: Row, what: string, said: { number: InsightNumber; text: string | null }) =>
    said.text === null ? (
      <NoNumber />
    ) : (
      <NumberButton text={said.text} label={`${what} of ${row.name}`} behind={{ number: said.number, of: '', ...row.part }} show={show} />
    );
  const length = (row: Row, what: string, of: 'lead' | 'restored') => {
    const { medianMs } = row.figures[of];
    return number(row, what, { number: of, text: medianMs === null ? null : formatDuration(medianMs) });
  };
  return (
    <Panel title={title} isFlush>
      <DataTable
        caption={title}
        rows={rows}
        rowKey={({ of }) => of}
        emptyState={<EmptyState title="No change was begun here in this time" />}
        columns={[
          { key: 'name', header, isWide: true, cell: (row: Row) => row.name },
          {
            key: 'delivered',
            header: 'Deployments',
            cell: (row: Row) => number(row, 'Deployments', { number: 'delivered', text: deliveredText(row.figures, period) }),
          },
          { key: 'lead', header: 'Lead time', cell: (row: Row) => length(row, 'Lead time', 'lead') },
          {
            key: 'failed',
            header: 'Failure rate',
            cell: (row: Row) =>
              number(row, 'Failure rate', {
                number: row.figures.failedCount === 0 ? 'changes' : 'failed',
                text: row.figures.failureRate === null ? null : `${shareText(row.figures.failureRate)} of ${row.figures.changeCount}`,
              }),
          },
          { key: 'restored', header: 'Time to restore', cell: (row: Row) => length(row, 'Time to restore', 'restored') },
        ]}
      />
    </Panel>
  );
}

function deliveredText({ deliveredCount }: KeyFigures, period: Insight['period']): string {
  return `${deliveredCount}, ${frequencyText(deliveredCount, period)}`;
}
