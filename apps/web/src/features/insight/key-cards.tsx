import { BarChart } from '@flow/ui/chart';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { formatDuration } from '@flow/ui/time';
import type { ReactNode } from 'react';
import type { Behind, Insight, InsightNumber } from './insight-in-url.ts';
import { bucketText, counted, frequencyText, shareText } from './insight-texts.ts';
import type { Bucket, KeyFigures } from './insight-texts.ts';
import { NoNumber, NumberButton } from './number-button.tsx';

interface CardsProps {
  insight: Insight;
  show: (behind: Behind) => void;
}

/** The four keys of DORA, each over the whole time and over its parts. */
export function KeyCards({ insight, show }: CardsProps) {
  const { figures, period } = insight;
  const { lead, restored, unrestoredCount } = figures;
  return (
    <div className="grid gap-5 md:grid-cols-2 2xl:grid-cols-4">
      <KeyCard insight={insight} show={show} of={keys.delivered}>
        {frequencyText(figures.deliveredCount, period)}, of{' '}
        <NumberButton
          text={counted(figures.changeCount, 'change', 'changes')}
          label="Begun"
          behind={{ number: 'changes', of: '' }}
          show={show}
        />{' '}
        that began
      </KeyCard>
      <KeyCard insight={insight} show={show} of={keys.lead}>
        {lead.count === 0
          ? 'From the commit until it is healthy'
          : `median of ${counted(lead.count, 'version', 'versions')}, from the commit until healthy`}
      </KeyCard>
      <KeyCard insight={insight} show={show} of={keys.failed}>
        {figures.changeCount === 0 ? 'Nothing was begun' : `${figures.failedCount} of ${counted(figures.changeCount, 'change', 'changes')}`}
      </KeyCard>
      <KeyCard insight={insight} show={show} of={keys.restored}>
        {restored.count === 0 ? 'No failure was mended' : `median of ${counted(restored.count, 'failure', 'failures')}`}
        {unrestoredCount === 0 ? null : (
          <>
            {', '}
            <NumberButton
              text={`${unrestoredCount} not restored yet`}
              label="Failures"
              behind={{ number: 'unrestored', of: '' }}
              show={show}
            />
          </>
        )}
      </KeyCard>
    </div>
  );
}

/** One of the four keys: what it is of a stretch of time, null where there is nothing to tell. */
interface Key {
  title: string;
  number: InsightNumber;
  valueOf: (figures: KeyFigures) => number | null;
  format: (value: number) => string;
}

const keys = {
  delivered: {
    title: 'Deployments',
    number: 'delivered',
    valueOf: ({ deliveredCount }) => deliveredCount,
    format: (value) => String(Math.round(value)),
  },
  lead: { title: 'Lead time for changes', number: 'lead', valueOf: ({ lead }) => lead.medianMs, format: formatDuration },
  failed: { title: 'Change failure rate', number: 'failed', valueOf: ({ failureRate }) => failureRate, format: shareText },
  restored: { title: 'Time to restore', number: 'restored', valueOf: ({ restored }) => restored.medianMs, format: formatDuration },
} as const satisfies Record<string, Key>;

function KeyCard({ insight, show, of: key, children }: CardsProps & { of: Key; children: ReactNode }) {
  const { figures, buckets } = insight;
  const bars = buckets.map((bucket) => ({ label: bucketText(bucket), value: key.valueOf(bucket.figures) }));
  return (
    <Panel title={key.title}>
      <div className="flex flex-col gap-3">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <KeyNumber value={key.valueOf(figures)} of={key} label={key.title} behind={{ number: key.number, of: '' }} show={show} isLarge />
          <span className="text-muted text-xs">{children}</span>
        </p>
        <BarChart title={`${key.title} over time`} measure={key.title} bars={bars} format={key.format} />
        <details className="text-xs">
          <summary className="cursor-pointer">Numbers</summary>
          <div className="mt-2 max-h-72 overflow-y-auto">
            <DataTable
              caption={`${key.title}, part by part`}
              rows={buckets}
              rowKey={({ from }) => from}
              columns={[
                { key: 'when', header: 'When', cell: (bucket: Bucket) => bucketText(bucket) },
                {
                  key: 'value',
                  header: key.title,
                  cell: (bucket: Bucket) => (
                    <KeyNumber
                      value={key.valueOf(bucket.figures)}
                      of={key}
                      label={`${key.title}, ${bucketText(bucket)}`}
                      behind={{ number: key.number, of: '', from: bucket.from, until: bucket.until }}
                      show={show}
                    />
                  ),
                },
              ]}
            />
          </div>
        </details>
      </div>
    </Panel>
  );
}

interface KeyNumberProps {
  value: number | null;
  of: Key;
  label: string;
  behind: Behind;
  show: (behind: Behind) => void;
  isLarge?: boolean;
}

/** A number with its deployments; a zero has none, and nothing is not a zero. */
function KeyNumber({ value, of, label, behind, show, isLarge = false }: KeyNumberProps) {
  const size = isLarge ? 'text-2xl font-semibold' : '';
  if (value === null) return isLarge ? <span className="text-muted text-2xl font-semibold">no data</span> : <NoNumber />;
  if (value === 0 && of.number !== 'lead' && of.number !== 'restored')
    return <span className={`tabular-nums ${size}`}>{of.format(value)}</span>;
  return <NumberButton text={of.format(value)} label={label} behind={behind} show={show} className={size} />;
}
