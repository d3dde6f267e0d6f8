'use client';

import { PolicyPage } from '../policy/policy-page.tsx';
import { RuleForm } from './rule-form.tsx';

/** One rule, or the form of a new one. */
export function RulePage({ policyId }: { policyId: string }) {
  return <PolicyPage section="rules" listLabel="Rules" newTitle="New rule" policyId={policyId} form={(props) => <RuleForm {...props} />} />;
}
