'use client';

import { precisionOf, recallOf } from '@flow/core/backtest';
import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { faultOf } from '../../../api-client/fault.ts';
import type { PolicyDocument } from '../policy/save-policy.ts';
import { BacktestExamples } from './backtest-examples.tsx';
import { useBacktest } from './use-backtest.ts';
import type { Backtest, Tally } from './use-backtest.ts';

interface BacktestPanelProps {
  /** The rule as it stands in the form, saved or not. */
  document: () => PolicyDocument;
}

/** What the rule would have done to every recorded start, and what became of those that it would have stopped. */
export function BacktestPanel({ document }: BacktestPanelProps) {
  const backtest = useBacktest();
  const { tally, isRunning, error } = backtest;
  return (
    <Panel
      id="backtest"
      title="Backtest"
      actions={
        isRunning ? (
          <Button size="s" onClick={backtest.stop}>
            Stop
          </Button>
        ) : (
          <Button size="s" onClick={() => backtest.start(document())}>
            {tally === null ? 'Run it over the past' : 'Run it again'}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {tally === null && error === null ? (
          <p className="text-muted">
            Asks this rule, as it stands here, about every start that was recorded: what it would have stopped, and which of that was later
            rolled back, failed, or tied to an incident.
          </p>
        ) : null}
        {error === null ? null : <Notice tone="danger">{[faultOf(error).message, ...faultOf(error).fields.values()].join('. ')}</Notice>}
        {isRunning || tally !== null ? <Answer backtest={backtest} /> : null}
      </div>
    </Panel>
  );
}

function Answer({ backtest }: { backtest: Backtest }) {
  const { tally, total, isRunning } = backtest;
  if (total === 0 && !isRunning) return <p>No start was recorded yet: there is nothing to try it on.</p>;
  return (
    <>
      <Progress backtest={backtest} />
      {tally === null ? null : <Outcome tally={tally} />}
    </>
  );
}

const count = new Intl.NumberFormat('en');

function Progress({ backtest: { tally, total, isRunning, isPartial } }: { backtest: Backtest }) {
  const lookedAt = tally?.lookedAt ?? 0;
  const of = total === null ? '' : ` of ${count.format(total)}`;
  return (
    <div className="flex flex-col gap-1">
      <p aria-live="polite" className="text-muted text-xs">
        {isRunning ? 'Looking at the past: ' : isPartial ? 'Stopped after ' : 'Looked at '}
        {count.format(lookedAt)}
        {of} starts
      </p>
      <progress
        className="h-1.5 w-full"
        aria-label="Starts looked at"
        max={Math.max(1, total ?? 1)}
        value={isRunning ? lookedAt : Math.max(1, total ?? 1)}
      />
    </div>
  );
}

function Outcome({ tally }: { tally: Tally }) {
  const { inScope, stopped, stoppedBad, bad, broken } = tally;
  return (
    <>
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Figure label="Would have stopped" value={`${count.format(stopped)} of ${count.format(inScope)}`} hint="starts that it is about" />
        <Figure label="Proved bad" value={count.format(stoppedBad)} hint="of those that it would have stopped" />
        <Figure label="Precision" value={share(precisionOf(tally))} hint="of what it stops is bad" />
        <Figure label="Recall" value={share(recallOf(tally))} hint={`of the ${count.format(bad)} bad ones is stopped`} />
      </dl>
      {broken === 0 ? null : (
        <Notice tone="warning">
          It could not be asked about {count.format(broken)} of them: it would have held those. Ask with has() before reading what may be
          missing.
        </Notice>
      )}
      <BacktestExamples title="Stopped, and rightly so" examples={tally.caught} />
      <BacktestExamples title="Stopped, though it went well" examples={tally.stoppedGood} />
      <BacktestExamples title="Bad, and not stopped" examples={tally.missed} />
    </>
  );
}

function share(value: number | null): string {
  return value === null ? '–' : `${Math.round(value * 100)} %`;
}

function Figure({ label, value, hint }: { label: string; value: string; hint: string }) {
  return (
    <div>
      <dt className="text-muted text-xs">{label}</dt>
      <dd className="text-lg font-semibold tabular-nums">{value}</dd>
      <dd className="text-muted text-xs">{hint}</dd>
    </div>
  );
}
