'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { Checkbox, SelectField, TextField } from '@flow/ui/field';
import { Panel } from '@flow/ui/panel';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { faultOf } from '../../../api-client/fault.ts';
import type { Fields } from '../../form/use-fields.ts';
import { useRights } from '../../query/use-rights.ts';
import { enforcementOf, enforcementOptions } from './enforcement.tsx';
import type { Enforcement } from './enforcement.tsx';
import type { PolicyDetail } from './save-policy.ts';
import { ScopeFields } from './scope-fields.tsx';
import { toScope, toScopeTexts } from './scope.ts';
import type { ScopeDocument, ScopeField } from './scope.ts';

/** The fields that policies of every kind have. */
export type HeadField = ScopeField | 'document.title' | 'document.enforcement' | 'isForAll' | 'note';

/** What these fields begin with: a new policy decides nothing before someone says so. */
export function headTexts(policy: PolicyDetail | null): Record<HeadField, string> {
  return {
    ...toScopeTexts(policy?.document['scope']),
    'document.title': policy?.title ?? '',
    'document.enforcement': policy?.enforcement ?? 'shadow',
    isForAll: policy?.isPlatform === true ? 'yes' : '',
    note: '',
  };
}

/** The part of a document that these fields say. A policy of the platform names no service and no environment of one tenant. */
export function headDocument(texts: Readonly<Record<HeadField, string>>): {
  title: string;
  enforcement: Enforcement;
  scope: Omit<ScopeDocument, 'tenantIds'>;
} {
  const scope = toScope(texts);
  return {
    title: texts['document.title'].trim(),
    enforcement: enforcementOf(texts['document.enforcement']),
    scope: texts.isForAll === 'yes' ? { ...scope, serviceIds: [], environmentIds: [] } : scope,
  };
}

interface PolicyFormShellProps {
  policy: PolicyDetail | null;
  form: Fields<HeadField>;
  isReadOnly: boolean;
  isBusy: boolean;
  /** What the last save ended with; null for nothing. */
  error: unknown;
  onSubmit: () => void;
  /** Of a policy that names an environment itself: its id, or empty so long as none is chosen. Only services are chosen then, of one tenant. */
  goesTo?: string;
  /** What this kind of policy has of its own. */
  children: ReactNode;
}

/** The form of a policy: what it says, where, how far it is switched on, and why it is changed. */
export function PolicyFormShell({ policy, form, isReadOnly, isBusy, error, onSubmit, goesTo, children }: PolicyFormShellProps) {
  const shown = useRef<HTMLFormElement>(null);
  // A long form: what was objected to may be out of sight of the button.
  useEffect(() => {
    const field = error === null ? null : shown.current?.querySelector('[aria-invalid="true"]');
    if (field instanceof HTMLElement) field.focus();
  }, [error]);
  const { isPlatformAdmin } = useRights();
  const isForAll = form.values.isForAll === 'yes';
  return (
    <form
      ref={shown}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy && !isReadOnly) onSubmit();
      }}
    >
      <fieldset disabled={isReadOnly} className="flex min-w-0 flex-col gap-5">
        <Panel title="What">
          <div className="flex flex-col gap-4">
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField label="Title" maxLength={100} {...form.field('document.title')} />
              <SelectField label="Enforcement" options={enforcementOptions} {...form.field('document.enforcement')} />
            </div>
            {children}
          </div>
        </Panel>
        <Panel title="Where">
          <div className="flex flex-col gap-4">
            {policy === null && isPlatformAdmin && goesTo === undefined ? (
              <Checkbox
                label="In every tenant of the platform"
                checked={isForAll}
                onChange={(event) => form.field('isForAll').onChange({ target: { value: event.target.checked ? 'yes' : '' } })}
              />
            ) : null}
            <ScopeFields form={form} isForAll={isForAll} goesTo={goesTo} />
          </div>
        </Panel>
        {isReadOnly ? null : (
          <div className="flex flex-col gap-4">
            <TextField
              label="Why"
              hint="Stands beside the revision for ever, for those who come after you"
              maxLength={500}
              {...form.field('note')}
            />
            {error === null ? null : <Notice tone="danger">{form.message === '' ? faultOf(error).message : form.message}</Notice>}
            <div>
              <Button type="submit" variant="primary" isBusy={isBusy}>
                {policy === null ? 'Save' : 'Save as a new revision'}
              </Button>
            </div>
          </div>
        )}
      </fieldset>
    </form>
  );
}
