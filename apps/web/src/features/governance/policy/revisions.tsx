'use client';

import { Button } from '@flow/ui/button';
import { DiffView } from '@flow/ui/diff';
import { Notice } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { faultOf } from '../../../api-client/fault.ts';
import { useSavePolicy } from './save-policy.ts';
import type { PolicyDetail } from './save-policy.ts';

interface RevisionsProps {
  policy: PolicyDetail;
  mayRestore: boolean;
  onRestored: () => void;
}

/** What a policy said over time: who changed it, when and why, what was changed, and the way back. */
export function Revisions({ policy, mayRestore, onRestored }: RevisionsProps) {
  const { save, isPending, error } = useSavePolicy();
  return (
    <Panel title="History">
      <div className="flex flex-col gap-3">
        {error === null ? null : <Notice tone="danger">{faultOf(error).message}</Notice>}
        <ol className="flex flex-col gap-3">
          {policy.revisions.map((revision, index) => (
            <li key={revision.revision} className="flex flex-col gap-1 border-b border-line pb-3 last:border-0 last:pb-0">
              <div className="flex flex-wrap items-center justify-between gap-2">
                <span>
                  <span className="font-medium">Revision {revision.revision}</span> by {revision.changedByName},{' '}
                  <Time at={revision.changedAt} />
                </span>
                {index > 0 && mayRestore ? (
                  <Button
                    size="s"
                    isBusy={isPending}
                    aria-label={`Restore revision ${revision.revision}`}
                    onClick={() =>
                      save(
                        { kind: policy.kind, policy, document: revision.document, note: `Restored revision ${revision.revision}` },
                        () => {
                          toast(`Revision ${revision.revision} is in force again`);
                          onRestored();
                        },
                      )
                    }
                  >
                    Restore
                  </Button>
                ) : null}
              </div>
              {revision.note === '' ? null : <p>{revision.note}</p>}
              <Change before={policy.revisions[index + 1]?.document} after={revision.document} />
            </li>
          ))}
        </ol>
      </div>
    </Panel>
  );
}

function Change({ before, after }: { before: object | undefined; after: object }) {
  if (before === undefined) return null;
  return (
    <DiffView
      isFolded
      title="What changed"
      label="What changed in this revision"
      before={JSON.stringify(before, null, 2)}
      after={JSON.stringify(after, null, 2)}
    />
  );
}
