'use client';

import { SelectField, TextArea, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useState } from 'react';
import { useFields } from '../../form/use-fields.ts';
import { BacktestPanel } from '../backtest/backtest-panel.tsx';
import { UsualLoad } from '../foresight/usual-load.tsx';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { AppliesToFields } from '../policy/applies-to.tsx';
import { BuiltInField } from './built-in-condition.tsx';
import { ConditionField } from './condition-field.tsx';
import { effectOptions } from './effects.tsx';
import { toBuiltInTexts, toRuleDocument, toRuleTexts } from './rule-texts.ts';

/** Writes a rule or changes one. What the server says against it stands at its field, with line and column. */
export function RuleForm({ policy, isReadOnly, onSaved }: PolicyFormProps) {
  const { save, isPending, error } = useSavePolicy();
  const form = useFields(toRuleTexts(policy), error);
  const [builtIn, setBuiltIn] = useState(() => toBuiltInTexts(policy?.document['condition']));
  const submit = (): void => {
    const { note, isForAll } = form.values;
    save({ kind: 'rule', policy, isForAll: isForAll === 'yes', document: toRuleDocument(form.values, builtIn), note }, (id) => {
      toast(`${form.values['document.title']} was saved`);
      onSaved(id);
    });
  };
  return (
    <>
      <PolicyFormShell policy={policy} form={form} isReadOnly={isReadOnly} isBusy={isPending} error={error} onSubmit={submit}>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label="Effect" options={effectOptions} {...form.field('document.effect.kind')} />
          {form.values['document.effect.kind'] === 'requireApprovals' ? (
            <TextField
              label="Approvals"
              inputMode="numeric"
              hint="People who must say yes, in all"
              {...form.field('document.effect.count')}
            />
          ) : null}
        </div>
        {builtIn === null ? (
          <ConditionField form={form} />
        ) : (
          <BuiltInField
            condition={builtIn}
            onChange={setBuiltIn}
            error={form.field('document.condition').error}
            onOwn={(source) => {
              setBuiltIn(null);
              form.field('document.condition').onChange({ target: { value: source } });
            }}
          />
        )}
        <TextArea
          label="Message"
          rows={2}
          spellCheck={false}
          hint="Shown to whom it holds. {{ expression }} puts a value in, such as {{ service.name }}. Empty: its usual words"
          {...form.field('document.message')}
        />
        <TextField
          label="Who lifts it"
          hint="A person, a team or an event, as people read it"
          maxLength={200}
          {...form.field('document.liftedBy')}
        />
        <AppliesToFields form={form} />
        <UsualLoad kind="rule" document={toRuleDocument(form.values, builtIn)} />
      </PolicyFormShell>
      <BacktestPanel document={() => toRuleDocument(form.values, builtIn)} />
    </>
  );
}
