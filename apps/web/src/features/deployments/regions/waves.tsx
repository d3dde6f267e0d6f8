'use client';

import { TimeLeft } from '@flow/ui/time';
import { policySentence } from '../../environments/progression-texts.ts';
import type { Asking } from '../asked.ts';
import type { DeploymentDetail } from '../deployment-detail.ts';
import { Progress } from './progress.tsx';
import { RegionLane } from './region-lane.tsx';
import { RegionLines } from './region-lines.tsx';

/** More regions than this are shown with a line for each, of which one is open. */
const lanesMax = 4;

/** The regions in the order in which they are reached, wave by wave. */
export function Waves({ deployment, asking }: { deployment: DeploymentDetail; asking: Asking }) {
  const { targets } = deployment;
  const waves = [...new Set(targets.map((target) => target.wave))].toSorted((left, right) => left - right);
  const isDense = targets.length > lanesMax;
  return (
    <div className="flex flex-col gap-4">
      {targets.length > 1 && (
        <div className="flex flex-col gap-2">
          <Progress deployment={deployment} />
          <p className="text-muted">{policySentence(deployment.plan.progression)}</p>
        </div>
      )}
      {waves.map((wave) => {
        const inWave = targets.filter((target) => target.wave === wave);
        return (
          <section key={wave} aria-label={`Wave ${wave + 1}`} className="flex flex-col gap-3">
            <h2 className="text-muted flex flex-wrap items-baseline gap-x-2 text-xs">
              <span className="font-medium">
                Wave {wave + 1} of {waves.length}
              </span>
              {isDense && <span>{inWave.length === 1 ? '1 region' : `${inWave.length} regions`}</span>}
              {wave > 0 && <Bake deployment={deployment} wave={wave} />}
            </h2>
            {isDense ? (
              <RegionLines deployment={deployment} targets={inWave} asking={asking} />
            ) : (
              inWave.map((target) => <RegionLane key={target.id} deployment={deployment} target={target} asking={asking} />)
            )}
          </section>
        );
      })}
    </div>
  );
}

/** What a wave waits for: the time of observation after the one before, and how much of it is left. */
function Bake({ deployment, wave }: { deployment: DeploymentDetail; wave: number }) {
  const { bakeTimeSeconds } = deployment.plan;
  const finishedAt = deployment.waveFinishedAt;
  const isNext = deployment.state === 'baking' && deployment.currentWave === wave - 1;
  return (
    <>
      <span>
        after {bakeTimeSeconds} s of observation of wave {wave}
      </span>
      {isNext && finishedAt !== null && (
        <span className="text-running-fg font-medium">
          <TimeLeft until={new Date(new Date(finishedAt).getTime() + bakeTimeSeconds * 1_000)} />
        </span>
      )}
    </>
  );
}
