/** A folder as the container would see it, and where it really is. */
export interface MappedPath {
  containerPath: string;
  realPath: string;
}

/**
 * Replaces container paths in a text by real ones. A process of the sandbox has no mount namespace, so the paths of its volumes and
 * outputs are rewritten where they stand literally: as a whole path or with something below it, not inside a longer path or name.
 * The longest container path wins.
 */
export function createPathMap(paths: readonly MappedPath[]): (text: string) => string {
  const real = new Map(paths.map((path) => [withoutSlash(path.containerPath), path.realPath]));
  real.delete('');
  if (real.size === 0) return (text) => text;
  const alternatives = [...real.keys()].toSorted((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(String.raw`(?<![\w./-])(?:${alternatives.join('|')})(?![\w-]|\.\w)`, 'g');
  return (text) => text.replaceAll(pattern, (found) => real.get(found) ?? found);
}

function escaped(path: string): string {
  return path.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
