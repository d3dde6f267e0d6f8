'use client';

import { Skeleton } from '@flow/ui/feedback';
import { TextArea } from '@flow/ui/field';
import dynamic from 'next/dynamic';
import type { Fields } from '../../form/use-fields.ts';

const ExpressionReference = dynamic(() => import('./expression-reference.tsx'), { ssr: false, loading: () => <Skeleton lines={6} /> });

const example = 'environment.kind == "production" && artifact.soakMinutes < 60';

/** The condition as an expression, with all that it can read beside it. */
export function ConditionField({ form }: { form: Fields<'document.condition'> }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <TextArea
        label="Condition"
        rows={14}
        spellCheck={false}
        className="font-mono"
        placeholder={example}
        hint="An expression in the Common Expression Language (CEL) that is true when the rule speaks. It is checked when it is saved."
        {...form.field('document.condition')}
      />
      <section
        aria-label="What a condition can read"
        className="bg-raised flex max-h-96 flex-col gap-2 overflow-y-auto rounded-md p-3"
        tabIndex={0}
      >
        <p className="text-xs font-medium">What a condition can read</p>
        <ExpressionReference />
      </section>
    </div>
  );
}
