'use client';

import { Button } from '@flow/ui/button';
import { SelectField, TextArea, TextField } from '@flow/ui/field';
import { ExternalFields } from './external-field.tsx';
import { checkKinds, isWritten } from './check-texts.ts';
import type { CheckTexts, WrittenKind } from './check-texts.ts';

export interface CheckFieldsProps {
  number: number;
  check: CheckTexts;
  /** The gate is of the platform: it asks the external checks of the platform. */
  isOfPlatform: boolean;
  errorAt: (name: string) => string | undefined;
  onChange: (change: Partial<CheckTexts>) => void;
  onRemove?: () => void;
}

/** One check of a gate: its title, what it looks at, and how old the evidence may be. */
export function CheckFields(props: CheckFieldsProps) {
  const { number, check, errorAt, onChange, onRemove } = props;
  const { kind } = check;
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-md border border-line p-3">
      <legend className="px-1 text-xs font-medium">Check {number}</legend>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <TextField
          label={`Title of check ${number}`}
          hint="As people read it, such as Build and tests are green"
          value={check.title}
          error={errorAt('title')}
          onChange={(event) => onChange({ title: event.target.value })}
        />
        {isWritten(kind) ? (
          <SelectField
            label={`Kind of check ${number}`}
            options={[...checkKinds]}
            value={kind}
            onChange={(event) => onChange({ kind: event.target.value })}
          />
        ) : (
          <p className="text-warning-fg pb-2">A check of the kind {kind}: it can be kept or removed here, and written over the API.</p>
        )}
      </div>
      {isWritten(kind) ? <Settings {...props} kind={kind} /> : null}
      {onRemove === undefined ? null : (
        <div>
          <Button size="s" variant="danger" aria-label={`Remove check ${number}`} onClick={onRemove}>
            Remove
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function Settings({ kind, ...props }: CheckFieldsProps & { kind: WrittenKind }) {
  const { number, check, errorAt, onChange } = props;
  const age = (
    <TextField
      label={`Evidence of check ${number} counts for`}
      hint="Hours; empty for ever"
      inputMode="decimal"
      value={check.maxAgeHours}
      error={errorAt('maxAgeSeconds')}
      onChange={(event) => onChange({ maxAgeHours: event.target.value })}
    />
  );
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <OfKind {...props} kind={kind} />
      {kind === 'checklist' || kind === 'stages' ? null : age}
    </div>
  );
}

function OfKind({ kind, number, check, isOfPlatform, errorAt, onChange }: CheckFieldsProps & { kind: WrittenKind }) {
  const field = (
    name: 'stages' | 'passedMin' | 'minPercent' | 'criticalMax' | 'highMax' | 'predicateType' | 'builderId' | 'sourceUri',
    label: string,
    hint: string,
  ) => (
    <TextField
      label={`${label} of check ${number}`}
      hint={hint}
      value={check[name]}
      error={errorAt(name) ?? errorAt(`${name}.0`)}
      onChange={(event) => onChange({ [name]: event.target.value })}
    />
  );
  switch (kind) {
    case 'stages':
      return field('stages', 'Stages', 'Keys in .flow/pipeline.yaml that must have succeeded, with commas');
    case 'tests':
      return field('passedMin', 'Tests', 'How many must have passed at least; none may have failed');
    case 'coverage':
      return field('minPercent', 'Coverage', 'Percent at least');
    case 'scan':
      return (
        <>
          {field('criticalMax', 'Critical', 'Vulnerabilities at most')}
          {field('highMax', 'High', 'Vulnerabilities at most')}
        </>
      );
    case 'attestation':
      return (
        <>
          {field('predicateType', 'Predicate', 'Type of an in-toto statement, signed with a key that is trusted here')}
          {field('builderId', 'Builder', 'Who must have built it, as the statement names it; empty for anyone')}
          {field('sourceUri', 'Source', 'What it must be built from, such as git+https://…; empty for anything')}
        </>
      );
    case 'external':
      return <ExternalFields {...{ number, check, isOfPlatform, errorAt, onChange }} />;
    case 'checklist':
      return (
        <TextArea
          label={`Items of check ${number}`}
          hint="A line each; people tick them on the page of the artifact"
          rows={4}
          value={check.items}
          error={errorAt('items') ?? errorAt('items.0')}
          onChange={(event) => onChange({ items: event.target.value })}
        />
      );
    case 'nfr':
      return null;
  }
}
