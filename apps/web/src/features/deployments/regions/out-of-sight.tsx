import { Notice } from '@flow/ui/feedback';
import { Time } from '@flow/ui/time';
import type { TargetDetail } from '../deployment-detail.ts';

/** Said of a region whose cluster cannot be reached: since when what is shown may be old, and why. */
export function OutOfSight({ cluster }: { cluster: TargetDetail['cluster'] }) {
  if (cluster.health !== 'unreachable') return null;
  return (
    <div className="mb-3">
      <Notice tone="warning" title={`${cluster.name} cannot be reached`}>
        {cluster.healthReason !== null && <p>{cluster.healthReason}</p>}
        <p>
          What is shown here is what was seen last
          {cluster.healthSince !== null && (
            <>
              , <Time at={cluster.healthSince} />
            </>
          )}
          . The deployment goes on by itself when the cluster answers again.
        </p>
      </Notice>
    </div>
  );
}
