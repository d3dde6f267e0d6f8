import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { nowMs } from '../clock.ts';

/** graphile-worker on a database of its own, with one task that does nothing. */
export interface Graphile extends AsyncDisposable {
  /** Milliseconds from a job that is committed to the begin of its work. */
  pickUpMs(): Promise<number>;
}

/** Starts its runner as its documentation does; a notice of Postgres wakes it. */
export async function startGraphile(url: string): Promise<Graphile> {
  const logger = new Logger(() => () => undefined);
  const pgPool = new pg.Pool({ connectionString: url });
  // Its connections outlive it, and Postgres ends before them.
  pgPool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  const settings = { pgPool, logger };
  const utils = await makeWorkerUtils(settings);
  await utils.migrate();
  let begins: (at: number) => void = () => undefined;
  const task = (): void => begins(nowMs());
  const runner = await run({ ...settings, concurrency: 16, noHandleSignals: true, pollInterval: 2_000, taskList: { task } });
  return {
    async pickUpMs() {
      const begun = new Promise<number>((resolve) => {
        begins = resolve;
      });
      await utils.addJob('task', {});
      const committedAt = nowMs();
      return Math.max(0, (await begun) - committedAt);
    },
    async [Symbol.asyncDispose]() {
      await runner.stop();
      await utils.release();
      await pgPool.end();
    },
  };
}
