'use client';

import { Notice } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { openReviewsText } from './exemption-texts.ts';

/** In governance: how many reviews are open, until none is. */
export function OpenReviews() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { data } = useQuery(api.exemption.open.queryOptions({ tenant }));
  if (data === undefined || data.reviewCount === 0) return null;
  return (
    <Notice tone="warning">
      {openReviewsText(data.reviewCount)}{' '}
      <Link className="underline" href={`/t/${tenant}/governance/exemptions?view=reviews`}>
        Look at them
      </Link>
    </Notice>
  );
}
