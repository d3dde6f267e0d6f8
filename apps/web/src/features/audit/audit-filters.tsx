'use client';

import { Button } from '@flow/ui/button';
import { SelectField, TextField } from '@flow/ui/field';
import { useSearchText } from '../query/search-text.ts';
import type { UrlFilters } from '../query/url-filters.ts';

/** Kinds of changes, as people call them, by the beginning of their actions. */
const kinds = [
  { value: '', label: 'Everything' },
  { value: 'deployment.', label: 'Deployments' },
  { value: 'drift.', label: 'Drift from what was deployed' },
  { value: 'approval.', label: 'Approvals and votes' },
  { value: 'exemption.', label: 'Exemptions and reviews' },
  { value: 'policy.', label: 'Rules, freezes, guardrails, gates' },
  { value: 'evidence.', label: 'Evidence' },
  { value: 'incident.', label: 'Incidents' },
  { value: 'run.', label: 'Runs' },
  { value: 'artifact.', label: 'Artifacts' },
  { value: 'service.', label: 'Services' },
  { value: 'environment.', label: 'Environments' },
  { value: 'member.', label: 'Members' },
  { value: 'token.', label: 'Access tokens' },
  { value: 'webhook.', label: 'Webhooks' },
  { value: 'session.', label: 'Log-ins' },
  { value: 'audit.', label: 'The audit log itself' },
] as const;

/** What is looked for: words, a kind of change, days; and whose or of what, where a row was asked for more of its like. */
export function AuditFilters({ filters }: { filters: UrlFilters }) {
  const [typed, setTyped] = useSearchText(filters.get('q'), (q) => filters.set({ q }));
  const action = filters.get('action');
  const choices = kinds.some((kind) => kind.value === action) ? kinds : [...kinds, { value: action, label: action }];
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_auto_auto]">
        <TextField
          label="Search"
          type="search"
          placeholder="Words of what was done, or a name"
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <SelectField label="Kind" options={choices} value={action} onChange={(event) => filters.set({ action: event.target.value })} />
        <TextField label="From" type="date" value={filters.get('from')} onChange={(event) => filters.set({ from: event.target.value })} />
        <TextField label="To" type="date" value={filters.get('to')} onChange={(event) => filters.set({ to: event.target.value })} />
      </div>
      <div className="flex flex-wrap gap-2 empty:hidden">
        <Chosen label="Only by" value={filters.get('actor')} onRemove={() => filters.set({ actor: '' })} />
        <Chosen label="Only of" value={filters.get('subject')} onRemove={() => filters.set({ subject: '' })} />
      </div>
    </div>
  );
}

function Chosen({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  if (value === '') return null;
  return (
    <span className="bg-raised inline-flex max-w-full items-center gap-2 rounded-md border border-line py-0.5 pr-0.5 pl-2 text-xs">
      <span className="min-w-0 truncate" title={value}>
        {label} <code className="font-mono">{value}</code>
      </span>
      <Button size="s" variant="ghost" onClick={onRemove}>
        Show all
      </Button>
    </span>
  );
}
