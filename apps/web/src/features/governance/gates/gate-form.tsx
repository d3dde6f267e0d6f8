'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useState } from 'react';
import { faultOf } from '../../../api-client/fault.ts';
import { useFields } from '../../form/use-fields.ts';
import { AppliesToFields } from '../policy/applies-to.tsx';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { emptyCheck, kindOf, toChecks, toGateDocument, toGateTexts } from './gate-texts.ts';
import type { CheckTexts } from './gate-texts.ts';

/** Writes a gate or changes one. */
export function GateForm({ policy, isReadOnly, onSaved }: PolicyFormProps) {
  const { save, isPending, error } = useSavePolicy();
  const form = useFields(toGateTexts(policy), error);
  const [checks, setChecks] = useState<readonly CheckTexts[]>(() => toChecks(policy));
  const fields = error === null ? new Map<string, string>() : faultOf(error).fields;
  const submit = (): void => {
    const { note, isForAll } = form.values;
    const document = toGateDocument(form.values, checks);
    save({ kind: 'gate', policy, isForAll: isForAll === 'yes', document, note }, (id) => {
      toast(`${form.values['document.title']} was saved`);
      onSaved(id);
    });
  };
  return (
    <PolicyFormShell policy={policy} form={form} isReadOnly={isReadOnly} isBusy={isPending} error={error} onSubmit={submit}>
      <Notice tone="info">
        A check of stages is answered by the run that built the artifact. Flow receives no results of tests, coverage, scans, attestations,
        outside checks or checklists yet: a check that needs one would hold for ever, so none can be added here.
      </Notice>
      <fieldset className="flex min-w-0 flex-col gap-4">
        <legend className="mb-2 font-medium">Checks, all of which must pass</legend>
        {checks.map((check, index) => (
          <CheckFields
            // Their order does not change, and a new one has no key yet.
            key={check.key === '' ? `new ${index}` : check.key}
            number={index + 1}
            check={check}
            errorAt={(name) => fields.get(`document.checks.${index}.${name}`)}
            onChange={(change) => setChecks(checks.map((one, at) => (at === index ? { ...one, ...change } : one)))}
            {...(checks.length > 1 ? { onRemove: () => setChecks(checks.filter((_, at) => at !== index)) } : {})}
          />
        ))}
        {fields.get('document.checks') === undefined ? null : <Notice tone="danger">{fields.get('document.checks')}</Notice>}
        <div>
          <Button size="s" onClick={() => setChecks([...checks, emptyCheck])}>
            Add a check
          </Button>
        </div>
      </fieldset>
      <AppliesToFields form={form} />
    </PolicyFormShell>
  );
}

interface CheckFieldsProps {
  number: number;
  check: CheckTexts;
  errorAt: (name: string) => string | undefined;
  onChange: (change: Partial<CheckTexts>) => void;
  onRemove?: () => void;
}

function CheckFields({ number, check, errorAt, onChange, onRemove }: CheckFieldsProps) {
  const kind = kindOf(check);
  return (
    <div className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_auto]">
      <TextField
        label={`Title of check ${number}`}
        hint="As people read it, such as Build and tests are green"
        value={check.title}
        error={errorAt('title')}
        onChange={(event) => onChange({ title: event.target.value })}
      />
      {kind === 'stages' ? (
        <TextField
          label={`Stages of check ${number}`}
          hint="Keys in .flow/pipeline.yaml that must have succeeded, with commas"
          value={check.stages}
          error={errorAt('stages') ?? errorAt('stages.0')}
          onChange={(event) => onChange({ stages: event.target.value })}
        />
      ) : (
        <p className="text-warning-fg pb-2">A check of the kind {kind}: it waits for evidence that Flow does not receive yet.</p>
      )}
      {onRemove === undefined ? null : (
        <Button variant="danger" aria-label={`Remove check ${number}`} onClick={onRemove}>
          Remove
        </Button>
      )}
    </div>
  );
}
