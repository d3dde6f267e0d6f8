interface NotedCommit {
  sha: string;
  message: string;
  author: string;
}

interface Notes {
  version: string;
  baseVersion: string;
  ahead: readonly NotedCommit[];
  behind: readonly NotedCommit[];
}

/** Release notes as Markdown, to be pasted where people read them: what a version brings against another one, and what it takes away. */
export function releaseNotesText(serviceName: string, { version, baseVersion, ahead, behind }: Notes): string {
  const title = `## ${serviceName} ${version} (after ${baseVersion})`;
  const brings = ahead.length === 0 ? ['Nothing new.'] : ahead.map(lineOf);
  const takes = behind.length === 0 ? [] : ['', `Without, though ${baseVersion} has it:`, '', ...behind.map(lineOf)];
  return [title, '', ...brings, ...takes, ''].join('\n');
}

function lineOf({ sha, message, author }: NotedCommit): string {
  const by = author === '' ? '' : `, ${author}`;
  return `- ${message === '' ? 'No message' : message} (${sha.slice(0, 8)}${by})`;
}
