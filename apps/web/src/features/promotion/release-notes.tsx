'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { CopyButton } from '@flow/ui/copy';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { releaseNotesText } from './release-notes-text.ts';

type Notes = RouterOutputs['promotion']['commits'];
type Commit = Notes['ahead'][number];

interface ReleaseNotesProps {
  serviceName: string;
  artifactId: string;
  /** The artifact that it is told against. */
  baseId: string;
}

/** The commits that an artifact brings against another one of its service, and those that it takes away. */
export function ReleaseNotes({ serviceName, artifactId, baseId }: ReleaseNotesProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.promotion.commits.queryOptions({ tenant, artifactId, baseId }));
  return (
    <QueryView query={query} failed="The commits could not be loaded">
      {(notes) => <Loaded notes={notes} serviceName={serviceName} />}
    </QueryView>
  );
}

function Loaded({ notes, serviceName }: { notes: Notes; serviceName: string }) {
  const { version, baseVersion, ahead, behind } = notes;
  if (notes.relation === 'unknown')
    return (
      <p className="text-muted">{`The history that was read does not connect ${version} with ${baseVersion}: the next run of the service reads it.`}</p>
    );
  if (notes.relation === 'same') return <p className="text-muted">{`${version} and ${baseVersion} are built from the same commit.`}</p>;
  return (
    <div className="flex flex-col gap-3">
      {ahead.length === 0 ? null : <CommitList title={`In ${version} and not in ${baseVersion}`} commits={ahead} />}
      {behind.length === 0 ? null : <CommitList title={`In ${baseVersion} and not in ${version}`} commits={behind} />}
      <p className="flex items-center gap-2">
        <CopyButton value={releaseNotesText(serviceName, notes)} label="Copy as Markdown" />
        <span className="text-muted text-xs">Copy as Markdown</span>
      </p>
    </div>
  );
}

function CommitList({ title, commits }: { title: string; commits: readonly Commit[] }) {
  const { slug } = useTenant();
  return (
    <section>
      <h3 className="text-muted mb-1 text-xs font-medium">{`${title}: ${commits.length === 1 ? '1 commit' : `${commits.length} commits`}`}</h3>
      <ul className="flex flex-col gap-1">
        {commits.map((commit) => (
          <li key={commit.sha} className="flex flex-wrap gap-x-2">
            <Link className="text-accent font-mono text-xs leading-5 hover:underline" href={`/t/${slug}/commits/${commit.sha}`}>
              {commit.sha.slice(0, 8)}
            </Link>
            <span className="min-w-0 break-words">{commit.message}</span>
            <span className="text-muted text-xs leading-5">
              {commit.author} <Time at={commit.committedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
