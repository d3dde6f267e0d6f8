import { Panel } from '@flow/ui/panel';
import type { DeploymentDetail } from '../deployments/deployment-detail.ts';
import { WayBackLight } from './light.tsx';
import { bySentence, regionsInWords } from './by-sentence.ts';

/** Before a rollback: whether it would succeed, in which regions, and what is in its way. */
export function WayBackPanel({ deployment: { targets, finishedAt, abilities } }: { deployment: DeploymentDetail }) {
  const canGoBack = abilities.some(({ action, allowed }) => action === 'rollback' && allowed);
  const groups = bySentence(targets);
  if (groups.length === 0 || finishedAt === null || !canGoBack) return null;
  return (
    <Panel title="Way back">
      <ul className="flex flex-col gap-3">
        {groups.map(({ wayBack, regions }) => (
          <li key={`${wayBack.light} ${wayBack.sentence}`} className="flex flex-col">
            <span className="font-medium">{regionsInWords(regions)}</span>
            <WayBackLight wayBack={wayBack} isSpelledOut />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
