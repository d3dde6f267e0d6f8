'use client';

import { SelectField, TextField } from '@flow/ui/field';
import type { EnvironmentTexts } from './environment-texts.ts';
import type { FieldProps } from '../form/use-fields.ts';
import { beyondOptions, hasBudget, pauseOptions, policyOptions, unreachableOptions } from './progression-texts.ts';

interface ProgressionFieldsProps {
  field: (name: keyof EnvironmentTexts) => FieldProps;
  onFailure: string;
  whenUnreachable: string;
}

/** How a deployment goes from region to region: how many at once, where it waits for a person, and what is done when one fails or is away. */
export function ProgressionFields({ field, onFailure, whenUnreachable }: ProgressionFieldsProps) {
  return (
    <>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <TextField
          label="Regions at once"
          inputMode="numeric"
          hint="Of a wave, at the same time; empty for all"
          {...field('regionsAtOnce')}
        />
        <SelectField label="Wait for a person" options={pauseOptions} hint="Before the next wave begins" {...field('pauses')} />
      </div>
      <SelectField label="When a region fails" options={policyOptions} {...field('onFailure')} />
      {hasBudget(onFailure) && (
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <TextField label="Regions that may fail" inputMode="numeric" hint="In one deployment" {...field('mayFail')} />
          <SelectField label="When more fail" options={beyondOptions} {...field('beyond')} />
        </div>
      )}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <SelectField
          label="When a region cannot be reached"
          options={unreachableOptions}
          hint="When its turn comes"
          {...field('whenUnreachable')}
        />
        {whenUnreachable === 'skip' && (
          <TextField label="Skip it after" inputMode="decimal" hint="Minutes without its cluster" {...field('skipAfter')} />
        )}
      </div>
    </>
  );
}
