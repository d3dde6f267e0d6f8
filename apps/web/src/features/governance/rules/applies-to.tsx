'use client';

import type { Fields } from '../../form/use-fields.ts';
import { CheckMany } from '../policy/check-many.tsx';

const actions = [
  { value: 'create', label: 'Ask for a deployment' },
  { value: 'approve', label: 'Approve' },
  { value: 'advance', label: 'Next wave or step' },
  { value: 'promote', label: 'Promote at once' },
  { value: 'pause', label: 'Pause' },
  { value: 'retry', label: 'Retry' },
  { value: 'skip', label: 'Skip' },
  { value: 'abort', label: 'Abort' },
  { value: 'rollback', label: 'Roll back' },
];

const invokers = [
  { value: 'person', label: 'A person, or a token of theirs' },
  { value: 'automation', label: 'Flow by itself, or a push' },
];

/** To which actions a policy applies, and of whom. */
export function AppliesToFields({ form }: { form: Fields<'document.appliesTo.actions' | 'document.appliesTo.invokers'> }) {
  return (
    <>
      <CheckMany
        legend="Actions"
        hint="None chosen: all but pause, abort and roll back, which are ways out of harm"
        options={actions}
        {...form.field('document.appliesTo.actions')}
      />
      <CheckMany legend="Asked for by" hint="None chosen: both" options={invokers} {...form.field('document.appliesTo.invokers')} />
    </>
  );
}
