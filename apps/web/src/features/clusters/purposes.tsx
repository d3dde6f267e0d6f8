'use client';

import { clusterPurposes } from '@flow/core/cluster';
import type { ClusterPurpose } from '@flow/core/cluster';
import { Checkbox } from '@flow/ui/field';
import type { FieldProps } from '../form/use-fields.ts';

const about = {
  pipelines: { word: 'Pipelines', sentence: 'Pipelines: runs and builds, by Argo Workflows' },
  releases: { word: 'Releases', sentence: 'Releases: services and their canaries, by Helm and Argo Rollouts' },
} as const satisfies Record<ClusterPurpose, { word: string; sentence: string }>;

/** What a cluster is for, in words. */
export function purposesText(purposes: readonly ClusterPurpose[]): string {
  return purposes.map((purpose) => about[purpose].word).join(', ');
}

/** The purposes in the text of a form field. */
export function readPurposes(text: string): ClusterPurpose[] {
  return clusterPurposes.filter((purpose) => text.split(' ').includes(purpose));
}

/** Asks what a cluster is for. The field holds the chosen ones, with spaces between. */
export function PurposeFields({ value, onChange, error }: FieldProps) {
  const chosen = readPurposes(value);
  const toggle = (purpose: ClusterPurpose): void => {
    const next = clusterPurposes.filter((one) => chosen.includes(one) !== (one === purpose));
    onChange({ target: { value: next.join(' ') } });
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-xs font-medium">What it is for</legend>
      {clusterPurposes.map((purpose) => (
        <Checkbox
          key={purpose}
          label={about[purpose].sentence}
          checked={chosen.includes(purpose)}
          aria-invalid={error === undefined ? undefined : true}
          onChange={() => toggle(purpose)}
        />
      ))}
      {error === undefined ? null : (
        <p role="alert" className="text-danger-fg text-xs">
          {error}
        </p>
      )}
    </fieldset>
  );
}
