import { Link } from '@flow/ui/link';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useTenant } from '../../shell/tenant.tsx';
import { outcomeOf } from './outcome.ts';
import type { Tally } from './use-backtest.ts';

/** The newest deployments of one kind that a backtest found, with the way to each. */
export function BacktestExamples({ title, examples }: { title: string; examples: Tally['caught'] }) {
  const { slug } = useTenant();
  if (examples.length === 0) return null;
  return (
    <section aria-label={title} className="flex flex-col gap-1.5">
      <h3 className="font-medium">{title}</h3>
      <ul className="flex flex-col divide-y divide-line">
        {examples.map(({ deploymentId, serviceName, environmentName, version, at, outcome, sentence }) => (
          <li key={deploymentId} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-1.5">
            <Link className="text-accent font-medium hover:underline" href={`/t/${slug}/deployments/${deploymentId}`}>
              {serviceName} {version} to {environmentName}
            </Link>
            <Status {...outcomeOf(outcome)} />
            <Time at={at} />
            {sentence === '' ? null : <span className="text-muted w-full text-xs">{sentence}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
