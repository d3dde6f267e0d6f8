'use client';

import { z } from 'zod';
import type { Fields } from '../../form/use-fields.ts';
import { CheckMany } from './check-many.tsx';
import { splitList } from './scope.ts';

/** The fields of a form for what a policy applies to, named after the paths that the server objects to. */
export type AppliesToField = 'document.appliesTo.actions' | 'document.appliesTo.invokers';

const strings = z.array(z.string()).catch([]);
const appliesTo = z.object({ actions: strings, invokers: strings }).catch({ actions: [], invokers: [] });

/** What a document applies to, as texts of a form. */
export function toAppliesToTexts(document: unknown): Record<AppliesToField, string> {
  const { actions, invokers } = appliesTo.parse(document);
  return { 'document.appliesTo.actions': actions.join(','), 'document.appliesTo.invokers': invokers.join(',') };
}

/** What the texts of a form say that it applies to. */
export function toAppliesTo(texts: Readonly<Record<AppliesToField, string>>): { actions: string[]; invokers: string[] } {
  return {
    actions: splitList(texts['document.appliesTo.actions']),
    invokers: splitList(texts['document.appliesTo.invokers']),
  };
}

const actionOptions = [
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

const invokerOptions = [
  { value: 'person', label: 'A person, or a token of theirs' },
  { value: 'automation', label: 'Flow by itself, or a push' },
];

/** To which actions a policy applies, and of whom. */
export function AppliesToFields({ form }: { form: Fields<AppliesToField> }) {
  return (
    <>
      <CheckMany
        legend="Actions"
        hint="None chosen: all but pause, abort and roll back, which are ways out of harm"
        options={actionOptions}
        {...form.field('document.appliesTo.actions')}
      />
      <CheckMany legend="Asked for by" hint="None chosen: both" options={invokerOptions} {...form.field('document.appliesTo.invokers')} />
    </>
  );
}
