'use client';

import { Link } from '@flow/ui/link';
import { PageHeader } from '@flow/ui/panel';
import type { Crumb } from '@flow/ui/panel';
import type { ReactNode } from 'react';
import { useTenant } from '../../shell/tenant.tsx';
import { OpenReviews } from '../exemptions/open-reviews.tsx';

export type GovernanceSection =
  | 'rules'
  | 'freezes'
  | 'guardrails'
  | 'gates'
  | 'approvals'
  | 'promotions'
  | 'exemptions'
  | 'incidents'
  | 'ledger';

const sections: readonly { name: GovernanceSection; label: string }[] = [
  { name: 'rules', label: 'Rules' },
  { name: 'freezes', label: 'Freezes' },
  { name: 'guardrails', label: 'Guardrails' },
  { name: 'gates', label: 'Gates' },
  { name: 'approvals', label: 'Approvals' },
  { name: 'promotions', label: 'Promotions' },
  { name: 'exemptions', label: 'Exemptions' },
  { name: 'incidents', label: 'Incidents' },
  { name: 'ledger', label: 'Ledger' },
];

/** Address of a section of governance in a tenant. */
export function sectionPath(tenant: string, section: GovernanceSection): string {
  return `/t/${tenant}/governance/${section}`;
}

interface GovernancePageProps {
  section: GovernanceSection;
  title: string;
  subtitle?: ReactNode;
  crumbs?: readonly Crumb[];
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of governance: the way to the other sections, what it is, what can be done. */
export function GovernancePage({ section, title, subtitle, crumbs = [], actions, children }: GovernancePageProps) {
  const { slug } = useTenant();
  return (
    <div className="flex flex-col gap-5">
      <nav aria-label="Governance" className="flex flex-wrap gap-x-4 border-b border-line">
        {sections.map(({ name, label }) => (
          <Link
            key={name}
            href={sectionPath(slug, name)}
            {...(name === section ? { 'aria-current': 'page' } : {})}
            className="text-muted hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text -mb-px border-b-2 border-transparent px-0.5 py-2 font-medium"
          >
            {label}
          </Link>
        ))}
      </nav>
      {section === 'exemptions' ? null : <OpenReviews />}
      <PageHeader title={title} subtitle={subtitle} crumbs={crumbs} actions={actions} />
      {children}
    </div>
  );
}
