import { z } from 'zod';

/** What Flow reads of a push: the fields that GitHub and GitLab have in common. Everything else they send is passed over. */
const pushEvent = z.object({
  ref: z.string().max(300),
  after: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  head_commit: z.object({ message: z.string(), author: z.object({ email: z.string() }) }).nullish(),
  commits: z
    .array(z.object({ id: z.string(), message: z.string(), author: z.object({ email: z.string() }) }))
    .max(5_000)
    .nullish(),
});

export interface Push {
  branch: string;
  commitSha: string;
  commitMessage: string;
  commitAuthor: string;
}

/** Reads the body of a push. `ignored` says why a well-formed delivery starts nothing; undefined is a body that is not a push at all. */
export function readPush(body: Uint8Array): Push | { ignored: string } | undefined {
  const parsed = pushEvent.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  const { ref, after, head_commit: head, commits } = parsed.data;
  if (!ref.startsWith('refs/heads/')) return { ignored: 'only pushes to branches start runs' };
  if (/^0+$/.test(after)) return { ignored: 'the branch was deleted' };
  const newest = head ?? commits?.find((commit) => commit.id === after);
  return { branch: ref.slice('refs/heads/'.length), commitSha: after, ...aboutCommit(newest) };
}

function aboutCommit(commit: { message: string; author: { email: string } } | undefined): { commitMessage: string; commitAuthor: string } {
  if (commit === undefined) return { commitMessage: '', commitAuthor: '' };
  const [title = ''] = commit.message.split('\n');
  return { commitMessage: title.slice(0, 200), commitAuthor: commit.author.email.slice(0, 200) };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
