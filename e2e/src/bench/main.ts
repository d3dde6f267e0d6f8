import type { Row } from './result.ts';
import { backtest } from './rows/backtest.ts';
import { firstPage } from './rows/first-page.ts';
import { javascript } from './rows/javascript.ts';
import { livePixels } from './rows/live-pixels.ts';
import { liveStream } from './rows/live-stream.ts';
import { manyRules } from './rows/many-rules.ts';
import { memory } from './rows/memory.ts';
import { permission } from './rows/permission.ts';
import { queuedStart } from './rows/queued-start.ts';
import { verdict } from './rows/verdict.ts';
import { writtenCondition } from './rows/written-rule.ts';
import { runRows } from './run-rows.ts';

const rows: readonly Row[] = [
  liveStream,
  livePixels,
  firstPage,
  verdict,
  writtenCondition,
  manyRules,
  permission,
  backtest,
  queuedStart,
  javascript,
  memory,
];
process.exit(await runRows(rows, { names: process.argv.slice(2), table: 'measured' }));
