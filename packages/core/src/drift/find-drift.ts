import { compareObject } from './compare.ts';
import type { Difference } from './compare.ts';
import { fieldOf } from './json.ts';
import type { JsonObject } from './json.ts';
import { lastManager } from './ownership.ts';
import type { Manager } from './ownership.ts';
import { pathText } from './path.ts';

/** An object of a release as it was deployed, and as it is found in the cluster; null when it is not there. */
export interface ObjectPair {
  wanted: JsonObject;
  live: JsonObject | null;
}

/** One difference between what was deployed and what runs. Its values may hold secrets: `redact` says what may be kept and shown. */
export interface FoundDrift {
  kind: string;
  name: string;
  /** Where in the object, as people read it; empty when the object is not there. */
  path: string;
  difference: Difference;
  /** Who wrote it last; null when the cluster does not say. */
  changedBy: Manager | null;
}

/** All that differs in a release, in the order of its manifest. */
export function findDrift(pairs: readonly ObjectPair[]): FoundDrift[] {
  const scaled = autoscaled(pairs.map(({ wanted }) => wanted));
  return pairs.flatMap(({ wanted, live }) => {
    const { kind, name } = nameOf(wanted);
    return compareObject(wanted, live, scaled.has(`${kind}/${name}`)).map((difference) => ({
      kind,
      name,
      path: pathText(difference.path),
      difference,
      changedBy: live === null ? null : lastManager(live, difference.path),
    }));
  });
}

/** What an object is called. */
export function nameOf(object: JsonObject): { kind: string; name: string } {
  return { kind: String(object['kind'] ?? ''), name: String(fieldOf(object['metadata'], 'name') ?? '') };
}

/** The workloads whose number of pods an autoscaler of the same release sets, as `Rollout/checkout`. */
function autoscaled(objects: readonly JsonObject[]): Set<string> {
  return new Set(
    objects
      .filter((object) => object['kind'] === 'HorizontalPodAutoscaler')
      .map((object) => fieldOf(object['spec'], 'scaleTargetRef'))
      .map((target) => `${String(fieldOf(target, 'kind'))}/${String(fieldOf(target, 'name'))}`),
  );
}
