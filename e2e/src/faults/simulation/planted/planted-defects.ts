import type { Invariant } from '../checker.ts';
import type { Defect } from '../defect.ts';
import type { Story } from '../stories.ts';
import { calm } from '../turns/weather.ts';
import type { Weather } from '../turns/weather.ts';

/** A fault of the engine as somebody might make it, and the promise that is broken by it. */
export interface PlantedDefect {
  name: string;
  breaks: readonly Invariant[];
  story: Story;
  /** Where it takes one kind of trouble to be seen; the weather of the seed otherwise. */
  weather?: Weather;
  defect: Defect;
}

const sleepy: Weather = { ...calm, sleeps: 0.02, untilStep: 2_500 };

/** Another text where the statements have this one. */
function withText(part: RegExp, other: string): Defect {
  return {
    rewrite: ({ text, values }) => {
      const changed = text.replaceAll(part, other);
      return changed === text ? null : { text: changed, values };
    },
  };
}

/** Another value in the statements that begin so. */
function withValue(begin: RegExp, value: unknown, other: unknown): Defect {
  return {
    rewrite: ({ text, values }) =>
      begin.test(text) && values.includes(value) ? { text, values: values.map((one) => (one === value ? other : one)) } : null,
  };
}

const updatesDeployment = /^UPDATE "public"\."deployment" /;
const updatesTarget = /^UPDATE "public"\."target_deployment" /;

/** What the simulation has to find, each planted by itself; first what is found within seconds. */
export const plantedDefects: readonly PlantedDefect[] = [
  {
    name: 'a job is taken off the queue before its work is done',
    breaks: [10],
    story: 'cancelled',
    defect: {
      around:
        ({ db, handler }) =>
        async (job, signal) => {
          await db.pool.query('DELETE FROM job WHERE kind = $1 AND key = $2', [job.kind, job.key]);
          return handler(job, signal);
        },
    },
  },
  {
    name: 'a job is taken from a worker that lives',
    breaks: [10],
    story: 'cancelled',
    weather: calm,
    defect: withText(/\((?:job\.)?locked_until IS NULL OR (?:job\.)?locked_until < now\(\)\)/g, 'true'),
  },
  {
    name: 'transitions are not written to the audit log',
    breaks: [5],
    story: 'cancelled',
    defect: withValue(/^INSERT INTO "public"\."audit_entry"/, 'deployment.transition', 'deployment.seen'),
  },
  {
    name: 'a job that failed once is set aside',
    breaks: [10],
    story: 'promote',
    defect: withText(/attempts >= \$6 AND NOT \$7/g, '(attempts >= $6 OR $7::boolean IS NOT NULL)'),
  },
  {
    name: 'a job belongs to a dead worker for a day',
    breaks: [10],
    story: 'promote',
    defect: withText(/(?<=locked_until = now\(\) \+ \(\$\d::int \* interval ')1 millisecond/g, '5 seconds'),
  },
  {
    name: 'an approval is not used up by the start',
    breaks: [2],
    story: 'promote',
    defect: withText(/"used_at" = \$1/g, '"used_at" = NULLIF($1::timestamptz, $1::timestamptz)'),
  },
  {
    name: 'two workers trust their own clocks, which are ahead',
    breaks: [2, 5],
    story: 'later',
    defect: { clockOffMs: (worker) => (worker === 2 ? 0 : 600_000) },
  },
  {
    name: 'a deployment goes to a state that the table does not lead to',
    breaks: [6],
    story: 'rollBack',
    defect: withValue(updatesDeployment, 'rollingBack', 'held'),
  },
  {
    name: 'a deployment ends well before its second wave',
    breaks: [3, 13],
    story: 'promote',
    defect: withValue(updatesDeployment, 'baking', 'succeeded'),
  },
  {
    name: 'a region is called healthy while its canary goes on',
    breaks: [3, 6, 7, 13],
    story: 'promote',
    defect: withValue(updatesTarget, 'progressing', 'healthy'),
  },
  {
    name: 'a decision is written over what has been decided meanwhile',
    breaks: [1, 2, 3, 5, 6, 9, 13],
    story: 'rollBack',
    weather: sleepy,
    defect: withText(/("public"\."deployment"\."version") = (\$\d+)/g, '$2::int IS NOT NULL'),
  },
  {
    name: 'a wish to go back is confirmed and not kept',
    breaks: [9],
    story: 'rollBack',
    defect: withValue(updatesDeployment, 'rollback', null),
  },
  {
    name: 'an install is left out and recorded as done',
    breaks: [3, 4, 13],
    story: 'promote',
    defect: { cluster: { skips: (region) => region === 'us' } },
  },
  {
    name: 'what a release was before is not known',
    breaks: [3, 13],
    story: 'rollBack',
    defect: { cluster: { forgets: ({ kind }) => kind.plural === 'secrets' } },
  },
  {
    name: 'an effect is recorded as done before it is done',
    breaks: [2, 3, 4],
    story: 'promote',
    defect: {
      rewrite: ({ text, values }) =>
        text.startsWith('INSERT INTO "public"."engine_action"') && values.includes('helm-upgrade')
          ? { text, values: values.map((one) => (one === 'intended' ? 'done' : one)) }
          : null,
    },
  },
];
