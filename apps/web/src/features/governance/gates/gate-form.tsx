'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { toast } from '@flow/ui/toast';
import { useState } from 'react';
import { faultOf } from '../../../api-client/fault.ts';
import { useFields } from '../../form/use-fields.ts';
import { AppliesToFields } from '../policy/applies-to.tsx';
import { PolicyFormShell } from '../policy/policy-form.tsx';
import type { PolicyFormProps } from '../policy/policy-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import { CheckFields } from './check-fields.tsx';
import { emptyCheck } from './check-texts.ts';
import type { CheckTexts } from './check-texts.ts';
import { toChecks, toGateDocument, toGateTexts } from './gate-texts.ts';

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
        Stages are answered by the run that built the artifact, a list by the people who tick it on the page of the artifact, an external
        check by the service that Flow asks about each deployment, and everything else by whatever a program reports over the API
        (evidence.report, with a token for evidence).
      </Notice>
      <fieldset className="flex min-w-0 flex-col gap-4">
        <legend className="mb-2 font-medium">Checks, all of which must pass</legend>
        {checks.map((check, index) => (
          <CheckFields
            // Their order does not change, and a new one has no key yet.
            key={check.key === '' ? `new ${index}` : check.key}
            number={index + 1}
            check={check}
            isOfPlatform={policy?.isPlatform ?? form.values.isForAll === 'yes'}
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
