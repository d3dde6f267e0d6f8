import { configuredValues } from '../configuration/index.ts';
import type { Values } from '../configuration/index.ts';
import type { Strategy } from '../deployment/index.ts';
import { compareTargets } from './compare.ts';
import type { SettingDifference } from './compare.ts';

/**
 * What people have edited in the configuration since a deployment was prepared: `left` of a setting is what it would install, as it was approved or waits to be,
 * `right` what one that is asked for now would. How it rolls out is part of the plan and taken as it is there. Regions that are no longer there are left out.
 *
 * @param prepared full values by target id
 * @param now the layers of people in each target, lowest first
 */
export function editedSince(
  prepared: Readonly<Record<string, Values>>,
  now: readonly { targetId: string; layers: readonly Values[] }[],
  strategy: Strategy,
): SettingDifference[] {
  const pairs = now.flatMap(({ targetId, layers }) => {
    const left = prepared[targetId];
    return left === undefined ? [] : [{ left, right: configuredValues(layers, strategy) }];
  });
  return compareTargets(pairs);
}
