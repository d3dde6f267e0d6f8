import { canonicalJson, ownValues } from '../configuration/index.ts';

/** What runs of a service in one region of an environment, with how it was configured. */
export interface ConfiguredIn {
  region: string;
  artifactId: string;
  version: string;
  digest: string;
  deploymentId: string;
  builtAt: Date;
  /** Version of the chart; empty where it is not known. */
  chartVersion: string;
  /** Full Helm values; null where they are not known. */
  values: Readonly<Record<string, unknown>> | null;
  /** Pods that are wanted; null where no Rollout was seen. */
  replicas: number | null;
}

type Configured = Pick<ConfiguredIn, 'values'>;

/** A setting that is not the same on both sides; several values where the regions of a side differ, none where it is not set. */
export interface SettingDifference {
  path: string;
  left: string[];
  right: string[];
}

/** How a service is not the same in two environments. */
export interface ServiceDifference {
  /** Which side has the newer build; null where both have the same ones. */
  version: 'leftNewer' | 'rightNewer' | 'onlyLeft' | 'onlyRight' | 'mixed' | null;
  chart: { left: string[]; right: string[] } | null;
  settings: SettingDifference[];
  /** Pods in all regions together; null where they are as many, or not known. */
  replicas: { left: number; right: number } | null;
}

/** What differs between two environments; null when nothing does. Regions are not matched by name: they may have other ones. */
export function compareService(left: readonly ConfiguredIn[], right: readonly ConfiguredIn[]): ServiceDifference | null {
  const version = compareVersions(left, right);
  // What runs on one side only has nothing to be compared with.
  if (left.length === 0 || right.length === 0) return version === null ? null : { version, chart: null, settings: [], replicas: null };
  const difference = {
    version,
    chart: compareCharts(left, right),
    settings: compareSettings(left, right),
    replicas: compareReplicas(left, right),
  };
  const isSame =
    difference.version === null && difference.chart === null && difference.settings.length === 0 && difference.replicas === null;
  return isSame ? null : difference;
}

function compareVersions(left: readonly ConfiguredIn[], right: readonly ConfiguredIn[]): ServiceDifference['version'] {
  if (left.length === 0 && right.length === 0) return null;
  if (right.length === 0) return 'onlyLeft';
  if (left.length === 0) return 'onlyRight';
  if (isSameSet(digestsOf(left), digestsOf(right))) return null;
  const [newestLeft, newestRight] = [newestOf(left), newestOf(right)];
  if (newestLeft === newestRight) return 'mixed';
  return newestLeft > newestRight ? 'leftNewer' : 'rightNewer';
}

function digestsOf(side: readonly ConfiguredIn[]): string[] {
  return distinct(side.map((one) => one.digest));
}

function newestOf(side: readonly ConfiguredIn[]): number {
  return Math.max(...side.map((one) => one.builtAt.getTime()));
}

function compareCharts(left: readonly ConfiguredIn[], right: readonly ConfiguredIn[]): ServiceDifference['chart'] {
  const known = (side: readonly ConfiguredIn[]): string[] => distinct(side.map((one) => one.chartVersion).filter((one) => one !== ''));
  const charts = { left: known(left), right: known(right) };
  if (charts.left.length === 0 || charts.right.length === 0 || isSameSet(charts.left, charts.right)) return null;
  return charts;
}

/** Each setting that is not the same on both sides; none where the values of a side are not known. */
export function compareSettings(left: readonly Configured[], right: readonly Configured[]): SettingDifference[] {
  const sides = [settingsOf(left), settingsOf(right)] as const;
  if (sides[0] === null || sides[1] === null) return [];
  const [before, after] = [sides[0], sides[1]];
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths.flatMap((path) => {
    const difference = { path, left: before.get(path) ?? [], right: after.get(path) ?? [] };
    return isSameSet(difference.left, difference.right) ? [] : [difference];
  });
}

/** Target by target, so that two that change places are seen; the same path in several of them is told once. */
export function compareTargets(
  pairs: readonly { left: ConfiguredIn['values']; right: Readonly<Record<string, unknown>> }[],
): SettingDifference[] {
  const differences = pairs.flatMap(({ left, right }) => compareSettings([{ values: left }], [{ values: right }]));
  const paths = distinct(differences.map((one) => one.path));
  return paths.map((path) => {
    const ofPath = differences.filter((one) => one.path === path);
    return { path, left: distinct(ofPath.flatMap((one) => one.left)), right: distinct(ofPath.flatMap((one) => one.right)) };
  });
}

/** The values of every setting over the regions of one side; null where the values of no region are known. */
function settingsOf(side: readonly Configured[]): Map<string, string[]> | null {
  const known = side.flatMap((one) => (one.values === null ? [] : [one.values]));
  if (known.length === 0) return null;
  const settings = new Map<string, string[]>();
  for (const values of known)
    for (const [path, text] of leavesOf(ownValues(values))) settings.set(path, distinct([...(settings.get(path) ?? []), text]));
  return settings;
}

/** Every leaf of a tree with its path, `resources.limits.cpu`; a list is one leaf. */
function leavesOf(tree: Readonly<Record<string, unknown>>, above = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const path = above === '' ? key : `${above}.${key}`;
    if (isTree(value)) return leavesOf(value, path);
    return value === undefined ? [] : [[path, typeof value === 'string' ? value : canonicalJson(value)]];
  });
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareReplicas(left: readonly ConfiguredIn[], right: readonly ConfiguredIn[]): ServiceDifference['replicas'] {
  const [before, after] = [totalOf(left), totalOf(right)];
  return before === null || after === null || before === after ? null : { left: before, right: after };
}

function totalOf(side: readonly ConfiguredIn[]): number | null {
  const known = side.flatMap((one) => (one.replicas === null ? [] : [one.replicas]));
  return known.length < side.length ? null : known.reduce((total, one) => total + one, 0);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}

/** Both lists are distinct and in order. */
function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((one, index) => one === right[index]);
}
