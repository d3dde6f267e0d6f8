'use client';

import { Notice } from '@flow/ui/feedback';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useRights } from '../../query/use-rights.ts';
import { usePageTitle } from '../../shell/page-title.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { ArchivePolicy } from './archive-policy.tsx';
import { GovernancePage, sectionPath } from './governance-page.tsx';
import type { GovernanceSection } from './governance-page.tsx';
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
            {/* A form begins anew at each revision: what is on the screen is what is changed. */}
            <div key={policy.revision} className="contents">
              {form({ policy, isReadOnly: !mayManage, onSaved: () => undefined })}
            </div>
            <Revisions policy={policy} mayRestore={mayManage} />
          </GovernancePage>
        );
      }}
    </QueryView>
  );
}

function NotAllowed() {
  return <p className="text-muted">Your role does not include changing policies. A tenant admin can give you one that does.</p>;
}
