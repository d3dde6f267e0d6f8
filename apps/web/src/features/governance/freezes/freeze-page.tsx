'use client';

import { PolicyPage } from '../policy/policy-page.tsx';
import { FreezeForm } from './freeze-form.tsx';

/** One freeze, or the form of a new one. */
export function FreezePage({ policyId }: { policyId: string }) {
  return (
    <PolicyPage
      section="freezes"
      listLabel="Freezes"
      newTitle="New freeze"
      policyId={policyId}
      form={(props) => <FreezeForm {...props} />}
    />
  );
}
