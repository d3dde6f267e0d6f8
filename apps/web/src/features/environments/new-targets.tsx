'use client';

import { Button } from '@flow/ui/button';
import { SelectField, TextField } from '@flow/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useTenant } from '../shell/tenant.tsx';

export interface NewTarget {
  clusterId: string;
  namespace: string;
}

/** The rows that name a cluster; a namespace that was left empty stays so, and the server says what it must look like. */
export function filledTargets(targets: readonly NewTarget[]): NewTarget[] {
  return targets.filter((target) => target.clusterId !== '');
}

interface NewTargetsProps {
  targets: readonly NewTarget[];
  onChange: (targets: readonly NewTarget[]) => void;
  legend: string;
  /** Namespaces begin with it, unless one says otherwise. */
  prefix: string;
}

/** Rows of clusters and namespaces, one for each region. */
export function NewTargets({ targets, onChange, legend, prefix }: NewTargetsProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const clusters = useQuery(api.environment.clusters.queryOptions({ tenant }));
  const options = [
    { value: '', label: clusters.isPending ? 'Loading…' : 'Choose a cluster' },
    ...(clusters.data ?? []).map((cluster) => ({ value: cluster.id, label: `${cluster.name} (${cluster.region})` })),
  ];
  const set = (index: number, change: Partial<NewTarget>): void =>
    onChange(targets.map((target, place) => (place === index ? { ...target, ...change } : target)));
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-xs font-medium">{legend}</legend>
      {targets.map((target, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no identity but their place: they are only added and removed at the end
        <div key={index} className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <SelectField
            label="Cluster"
            options={options}
            value={target.clusterId}
            onChange={(event) =>
              set(index, { clusterId: event.target.value, namespace: target.namespace === '' ? prefix : target.namespace })
            }
          />
          <TextField label="Namespace" value={target.namespace} onChange={(event) => set(index, { namespace: event.target.value })} />
        </div>
      ))}
      <div className="flex gap-2">
        <Button type="button" size="s" onClick={() => onChange([...targets, { clusterId: '', namespace: '' }])}>
          Add a region
        </Button>
        {targets.length > 0 ? (
          <Button type="button" size="s" variant="ghost" onClick={() => onChange(targets.slice(0, -1))}>
            Remove the last
          </Button>
        ) : null}
      </div>
    </fieldset>
  );
}
