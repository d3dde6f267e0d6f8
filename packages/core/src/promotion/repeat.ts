import { repeatedValues } from '../configuration/index.ts';
import type { Values } from '../configuration/index.ts';
import type { Strategy } from '../deployment/index.ts';
import { compareTargets } from './compare.ts';
import type { ConfiguredIn, SettingDifference } from './compare.ts';

/** What runs of a service in one target, with the chart that it was deployed by. */
export interface DeployedIn extends ConfiguredIn {
  targetId: string;
  /** Digest of the chart; empty where it is not known. */
  chartDigest: string;
}

/** An earlier deployment as it would be taken again. */
export interface Earlier {
  deploymentId: string;
  digest: string;
  builtAt: Date;
  chart: { version: string; digest: string };
  /** Full Helm values that it had, by target id. */
  values: Readonly<Record<string, Values>>;
}

/** Where it would go now, and how it would roll out. */
export interface RepeatPlace {
  targets: readonly { id: string; region: string }[];
  strategy: Strategy;
}

/** What taking an earlier deployment again changes. */
export interface Repeat {
  /**
   * Going back is to a version that was built before all that runs, or to an earlier configuration of the same one. Anything else is deployed, under the rules
   * for that: what runs already, and what is newer than it in any region.
   */
  kind: 'deploy' | 'rollback';
  /** It is what runs, in every region. */
  isCurrent: boolean;
  /** Versions that give way to it; empty when the image stays the same. */
  fromVersions: string[];
  /** Versions of the chart that give way to it; null when the chart stays the same, or what ran with is not known. */
  fromCharts: string[] | null;
  settings: SettingDifference[];
  /** Regions that it did not go to then: they are configured as they are now. */
  newRegions: string[];
}

/** Compares an earlier deployment with what runs in each target now. `left` of a setting is what runs, `right` what it would be. */
export function compareRepeat(earlier: Earlier, running: readonly DeployedIn[], place: RepeatPlace): Repeat {
  const here = running.filter((one) => place.targets.some((target) => target.id === one.targetId));
  const isCurrent = here.length === place.targets.length && here.every((one) => one.deploymentId === earlier.deploymentId);
  const isBack = here.length > 0 && here.every((one) => one.builtAt >= earlier.builtAt);
  const otherCharts = here.filter((one) => one.chartDigest !== '' && one.chartDigest !== earlier.chart.digest);
  return {
    kind: isBack && !isCurrent ? 'rollback' : 'deploy',
    isCurrent,
    fromVersions: distinct(here.filter((one) => one.digest !== earlier.digest).map((one) => one.version)),
    fromCharts: otherCharts.length === 0 ? null : distinct(otherCharts.map((one) => one.chartVersion)),
    settings: settingsOf(earlier, here, place.strategy),
    newRegions: distinct(place.targets.filter((target) => earlier.values[target.id] === undefined).map((target) => target.region)),
  };
}

function settingsOf(earlier: Earlier, here: readonly DeployedIn[], strategy: Strategy): SettingDifference[] {
  const pairs = here.flatMap(({ targetId, values: left }) => {
    const then = earlier.values[targetId];
    return then === undefined ? [] : [{ left, right: repeatedValues(then, strategy) }];
  });
  return compareTargets(pairs);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}
