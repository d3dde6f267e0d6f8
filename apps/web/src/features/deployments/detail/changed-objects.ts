/** One Kubernetes object that comes, goes or changes. */
export interface ObjectChange {
  /** Kind and name: `Rollout checkout`. */
  name: string;
  /** Empty when it is new. */
  before: string;
  /** Empty when it goes. */
  after: string;
}

export interface RegionChange {
  /** Every region in which exactly this changes, in the order given. */
  regions: readonly string[];
  changed: readonly ObjectChange[];
  sameCount: number;
}

interface Rendered {
  region: string;
  previous: string;
  manifest: string;
}

/** What changes, object by object, told once for all regions in which it is the same. */
export function changesOf(targets: readonly Rendered[]): RegionChange[] {
  const groups = new Map<string, RegionChange>();
  for (const target of targets) {
    const change = compareObjects(target.previous, target.manifest);
    const key = JSON.stringify(change);
    groups.set(key, { ...change, regions: [...(groups.get(key)?.regions ?? []), target.region] });
  }
  return [...groups.values()];
}

function compareObjects(previous: string, manifest: string): Omit<RegionChange, 'regions'> {
  const before = objectsOf(previous);
  const after = objectsOf(manifest);
  const names = [...new Set([...after.keys(), ...before.keys()])];
  const all = names.map((name) => ({ name, before: before.get(name) ?? '', after: after.get(name) ?? '' }));
  const changed = all.filter((one) => one.before !== one.after);
  return { changed, sameCount: all.length - changed.length };
}

/** The documents of a manifest by the kind and name of their objects; one that names none is called by its place. */
function objectsOf(manifest: string): Map<string, string> {
  const objects = new Map<string, string>();
  for (const [index, part] of manifest.split(/^---.*$/m).entries()) {
    const text = part.replaceAll(/^# Source: .*\n/gm, '').trim();
    if (text === '') continue;
    const kind = /^kind:\s*(\S+)/m.exec(text)?.[1];
    const name = /^metadata:[^]*?^ {2}name:\s*"?([^"\s]+)/m.exec(text)?.[1];
    objects.set(kind === undefined ? `Part ${index + 1}` : [kind, name ?? `of part ${index + 1}`].join(' '), `${text}\n`);
  }
  return objects;
}
