'use client';

import { Notice } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { now } from '../freezes/clock.ts';
import { sectionPath } from '../policy/governance-page.tsx';
import { kindWords, reviewShown, stateShown } from './exemption-texts.ts';
import type { Exemption } from './exemption-texts.ts';

/** On a deployment: what was asked for it, what it passes by, and whether somebody must still look at that. */
export function ExemptionBanner({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { data } = useQuery(api.exemption.list.queryOptions({ tenant, view: 'all', deploymentId }));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Notice tone={data.items.some(({ kind }) => kind === 'breakGlass') ? 'danger' : 'warning'} title="Exempted from rules">
      <ul className="flex flex-col gap-1">
        {data.items.map((exemption) => (
          <li key={exemption.id}>{sentenceOf(exemption)}</li>
        ))}
      </ul>
      <Link className="underline" href={`${sectionPath(tenant, 'exemptions')}?view=all`}>
        Exemptions and their reviews
      </Link>
    </Notice>
  );
}

function sentenceOf(exemption: Exemption): string {
  const { kind, policyTitle, reason, ticket, askedByName, decidedByName } = exemption;
  const at = now();
  const review = reviewShown(exemption, at);
  const states = [stateShown(exemption, at).label, ...(review === null ? [] : [review.label])].join(', ').toLowerCase();
  const by = kind === 'planned' && decidedByName !== null ? `${askedByName} and ${decidedByName}` : askedByName;
  return `${kindWords[kind]} from “${policyTitle}” by ${by}: ${reason}${ticket === '' ? '' : ` (${ticket})`}; ${states}`;
}
