import { finishJob, takeJobs } from '@flow/db/jobs';
import { serviceChart } from '@flow/delivery/chart';
import { installStanding } from './install.ts';
import type { KnownService, Past } from './past.ts';
import { stories } from './story.ts';
import { tellService } from './tell-service.ts';

/** Tells the last weeks of a tenant of the demo. Gives its services. */
export async function tellPast(given: Omit<Past, 'chart'>, slug: keyof typeof stories): Promise<KnownService[]> {
  const past: Past = { ...given, chart: await serviceChart() };
  const told = [];
  for (const story of stories[slug]) told.push(await tellService(past, story));
  await finishPastJobs(past);
  await installStanding(
    past,
    told.flatMap(({ standing }) => Object.values(standing)),
  );
  return told.map(({ service }) => service);
}

/** What the past woke is done: no worker looks at it again. */
async function finishPastJobs({ db }: Past): Promise<void> {
  const holder = 'seed';
  for (let jobs = await takeJobs(db, holder, 100); jobs.length > 0; jobs = await takeJobs(db, holder, 100)) {
    for (const job of jobs) await finishJob(db, holder, { job });
  }
}
