'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useRights } from '../../query/use-rights.ts';
import { usePageTitle } from '../../shell/page-title.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { Promoted } from '../promotions/promoted.tsx';
import { ArchivePolicy } from './archive-policy.tsx';
import { GovernancePage, sectionPath } from './governance-page.tsx';
import type { GovernanceSection } from './governance-page.tsx';
import { PolicyFindings } from './policy-findings.tsx';
import { Revisions } from './revisions.tsx';
import type { PolicyDetail } from './save-policy.ts';

/** What the form of one kind gets. */
export interface PolicyFormProps {
  /** Null for a new one. */
  policy: PolicyDetail | null;
  /** The person may read it and not change it. */
  isReadOnly: boolean;
  onSaved: (policyId: string) => void;
}

interface PolicyPageProps {
  section: GovernanceSection;
  /** The list, as the way back. */
  listLabel: string;
  newTitle: string;
  /** An id, or `new`. */
  policyId: string;
  form: (props: PolicyFormProps) => ReactNode;
}

/** One policy to read and to change, with its history; or the form of a new one. */
export function PolicyPage({ section, listLabel, newTitle, policyId, form }: PolicyPageProps) {
  const router = useRouter();
  const { slug } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  const list = sectionPath(slug, section);
  const crumbs = [{ label: listLabel, href: list }];
  const open = (id: string): void => router.push(`${list}/${id}`);
  if (policyId === 'new')
    return (
      <GovernancePage section={section} title={newTitle} crumbs={crumbs}>
        {can('policy:manage') || isPlatformAdmin ? form({ policy: null, isReadOnly: false, onSaved: open }) : <NotAllowed />}
      </GovernancePage>
    );
  return <KnownPolicy {...{ section, crumbs, policyId, form }} onArchived={() => router.push(list)} />;
}

function KnownPolicy({
  section,
  crumbs,
  policyId,
  form,
  onArchived,
}: Pick<PolicyPageProps, 'section' | 'policyId' | 'form'> & { crumbs: { label: string; href: string }[]; onArchived: () => void }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  const query = useQuery(api.policy.get.queryOptions({ tenant, policyId }));
  useLive([`tenant:${id}`]);
  usePageTitle(query.data?.title ?? 'Governance');
  return (
    <QueryView query={query} failed="It could not be loaded">
      {(policy) => {
        const mayManage = policy.archivedAt === null && (policy.isPlatform ? isPlatformAdmin : can('policy:manage'));
        return (
          <GovernancePage
            section={section}
            title={policy.title}
            subtitle={`Revision ${policy.revision}${policy.isPlatform ? ', of the platform: in force in every tenant' : ''}`}
            crumbs={crumbs}
            actions={mayManage ? <ArchivePolicy policy={policy} onArchived={onArchived} /> : null}
          >
            {policy.archivedAt === null ? null : <Notice tone="neutral">It is archived: it is in force nowhere.</Notice>}
            <EditedPolicy policy={policy} isReadOnly={!mayManage} form={form} />
          </GovernancePage>
        );
      }}
    </QueryView>
  );
}

interface EditedPolicyProps {
  /** The newest revision. */
  policy: PolicyDetail;
  isReadOnly: boolean;
  form: PolicyPageProps['form'];
}

/** The form of a policy with its history. What somebody else saves meanwhile is told and takes nothing away that is being typed. */
function EditedPolicy({ policy, isReadOnly, form }: EditedPolicyProps) {
  const [shown, setShown] = useState(policy);
  const [isMine, setIsMine] = useState(false);
  const isNewer = policy.revision !== shown.revision;
  if (isNewer && (isMine || isReadOnly)) {
    setShown(policy);
    setIsMine(false);
  }
  return (
    <>
      {isNewer && !isMine && !isReadOnly ? (
        <Notice tone="warning" title={`Revision ${policy.revision} was saved meanwhile`}>
          <p className="mb-2">
            {policy.revisions[0]?.changedByName} saved it. What stands in this form cannot be saved over it: showing it begins the form
            anew.
          </p>
          <Button size="s" onClick={() => setShown(policy)}>
            Show revision {policy.revision}
          </Button>
        </Notice>
      ) : null}
      <div key={shown.revision} className="contents">
        {form({ policy: shown, isReadOnly, onSaved: () => setIsMine(true) })}
      </div>
      {policy.kind === 'promotion' ? <Promoted ruleId={policy.id} /> : <PolicyFindings policy={policy} />}
      <Revisions policy={policy} mayRestore={!isReadOnly} onRestored={() => setIsMine(true)} />
    </>
  );
}

function NotAllowed() {
  return <p className="text-muted">Your role does not include changing policies. A tenant admin can give you one that does.</p>;
}
