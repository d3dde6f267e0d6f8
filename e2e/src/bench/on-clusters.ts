import { liveStreams } from './rows-on-clusters/live-streams.ts';
import { listOfRollouts } from './rows-on-clusters/list-of-rollouts.ts';
import { manyDeployments } from './rows-on-clusters/many-deployments.ts';
import { manyRuns } from './rows-on-clusters/many-runs.ts';
import { oneRelease } from './rows-on-clusters/one-release.ts';
import { runRows } from './run-rows.ts';

// What is promised of Flow on real controllers, beside a peer in the same run. The clusters must be up (`pnpm cluster up`).
const rows = [liveStreams, listOfRollouts, manyDeployments, manyRuns, oneRelease];
process.exit(await runRows(rows, { names: process.argv.slice(2), table: 'measured on clusters' }));
