import { globMatches } from '../rule/index.ts';

/** A line of a CODEOWNERS file: what it covers, and who owns that. */
export interface OwnersLine {
  pattern: string;
  /** E-mail addresses and `@names`, as they are written; empty for paths that nobody owns. */
  owners: readonly string[];
}

/** Where the file is looked for, in the order of GitHub and GitLab. */
export const codeOwnersPaths = ['.github/CODEOWNERS', '.gitlab/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

const linesMax = 5_000;

/** Reads a CODEOWNERS file. Comments and the headings of GitLab's sections are passed over. */
export function parseCodeOwners(text: string): OwnersLine[] {
  return text
    .split(/\r?\n/)
    .slice(0, linesMax)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !/^\^?\[/.test(line))
    .map((line) => {
      const [pattern = '', ...owners] = line.split(/\s+/);
      return { pattern, owners: owners.filter((owner) => owner.includes('@')) };
    });
}

/** Owners of the paths: for each the last line that covers it decides. Each owner once, in the order of the file. */
export function ownersOfPaths(lines: readonly OwnersLine[], paths: readonly string[]): string[] {
  const deciding = new Set(paths.flatMap((path) => lines.findLast((line) => covers(line.pattern, path)) ?? []));
  return distinct(lines.filter((line) => deciding.has(line)));
}

/** Everyone whom the file names: for a first deployment, of which everything is new. */
export function allOwners(lines: readonly OwnersLine[]): string[] {
  return distinct(lines);
}

function distinct(lines: readonly OwnersLine[]): string[] {
  return [...new Set(lines.flatMap((line) => line.owners.map((owner) => owner.toLowerCase())))];
}

/** As in a gitignore file: a pattern with a slash at its start or within is read from the root, another one at any depth; a folder covers what is in it. */
function covers(pattern: string, path: string): boolean {
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const isRooted = pattern.replace(/\/$/, '').includes('/');
  const depths = isRooted ? [path] : path.split('/').map((_, at, parts) => parts.slice(at).join('/'));
  return depths.some((rest) => coversFrom(body, rest));
}

/** Segment by segment, so that `*` stays within a folder and `**` does not. */
function coversFrom(pattern: string, path: string): boolean {
  const [wanted, found] = [pattern.split('/'), path.split('/')];
  const refused = new Set<string>();
  const walk = (at: number, place: number): boolean => {
    const segment = wanted[at];
    if (segment === undefined) return true;
    const key = `${at} ${place}`;
    if (refused.has(key)) return false;
    refused.add(key);
    if (segment === '**') return at === wanted.length - 1 || found.slice(place).some((_, skip) => walk(at + 1, place + skip));
    const here = found[place];
    return here !== undefined && globMatches(here, segment) && walk(at + 1, place + 1);
  };
  return walk(0, 0);
}
