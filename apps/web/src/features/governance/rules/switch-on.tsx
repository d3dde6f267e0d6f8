'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { SelectField } from '@flow/ui/field';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { toast } from '@flow/ui/toast';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import { EnforcementBadge, enforcementOf, shortEnforcementOptions } from '../policy/enforcement.tsx';
import { sectionPath } from '../policy/governance-page.tsx';
import { useSavePolicy } from '../policy/save-policy.ts';
import type { PolicyRow } from '../policy/save-policy.ts';
import { SettingFields } from './built-in-condition.tsx';
import type { BuiltIn } from './built-in-condition.tsx';
import { EffectBadge } from './effects.tsx';
import { toBuiltInCondition, toBuiltInTexts } from './rule-texts.ts';

/** Rules whose facts do not reach Flow: switched on they would never say anything. */
const unfed: Readonly<Record<string, string>> = {
  'error-budget-spent': 'Flow is not told of error budgets yet: this rule would never hold anything, so it cannot be switched on.',
};

/** The rules that come with Flow: what each does, its numbers, and one button. */
export function SwitchOnPanel() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const builtIns = useQuery(api.policy.builtIns.queryOptions({ tenant }));
  const rules = useQuery(api.policy.list.queryOptions({ tenant, kind: 'rule', limit: 100 }));
  return (
    <Panel title="Switch on a rule that comes with Flow">
      <QueryView query={builtIns} failed="The rules that come with Flow could not be loaded">
        {(items) => (
          <ul className="grid gap-4 lg:grid-cols-2">
            {items.map((builtIn) => (
              <BuiltInCard key={builtIn.key} builtIn={builtIn} rules={rules.data?.items ?? []} />
            ))}
          </ul>
        )}
      </QueryView>
    </Panel>
  );
}

function BuiltInCard({ builtIn, rules }: { builtIn: BuiltIn; rules: readonly PolicyRow[] }) {
  const titleId = useId();
  const { slug: tenant } = useTenant();
  const { save, isPending, error } = useSavePolicy();
  const [settings, setSettings] = useState<Readonly<Record<string, string>>>({});
  const [enforcement, setEnforcement] = useState('shadow');
  const inForce = rules.filter((rule) => toBuiltInTexts(rule.document['condition'])?.key === builtIn.key);
  const switchOn = (): void => {
    const chosen = Object.fromEntries(builtIn.settings.map(({ name, byDefault }) => [name, settings[name] ?? String(byDefault)]));
    const document = {
      title: builtIn.title,
      scope: {},
      appliesTo: {},
      enforcement: enforcementOf(enforcement),
      effect: builtIn.effect,
      condition: toBuiltInCondition({ key: builtIn.key, settings: chosen }),
    };
    save({ kind: 'rule', policy: null, document, note: 'Switched on' }, () => toast(`${builtIn.title}: switched on`));
  };
  return (
    <li className="flex flex-col gap-3 rounded-md border border-line p-3" aria-labelledby={titleId}>
      <div className="flex flex-wrap items-center gap-2">
        <h3 id={titleId} className="font-medium">
          {builtIn.title}
        </h3>
        <EffectBadge effect={builtIn.effect} />
      </div>
      <p className="text-muted">{builtIn.description}</p>
      {inForce.map((rule) => (
        <p key={rule.id} className="flex flex-wrap items-center gap-2">
          <EnforcementBadge enforcement={rule.enforcement} />
          <Link className="text-accent hover:underline" href={`${sectionPath(tenant, 'rules')}/${rule.id}`}>
            {rule.title}
          </Link>
        </p>
      ))}
      {unfed[builtIn.key] === undefined ? null : <p className="text-warning-fg">{unfed[builtIn.key]}</p>}
      <div className="mt-auto grid gap-3 sm:grid-cols-2">
        <SettingFields builtIn={builtIn} settings={settings} onChange={setSettings} />
        <SelectField
          label="Enforcement"
          options={shortEnforcementOptions}
          value={enforcement}
          onChange={(event) => setEnforcement(event.target.value)}
        />
      </div>
      {error === null ? null : <Notice tone="danger">{[faultOf(error).message, ...faultOf(error).fields.values()].join('. ')}</Notice>}
      <div>
        <Button
          size="s"
          isBusy={isPending}
          disabled={unfed[builtIn.key] !== undefined}
          aria-label={`Switch on: ${builtIn.title}`}
          onClick={switchOn}
        >
          {inForce.length === 0 ? 'Switch on' : 'Switch on once more'}
        </Button>
      </div>
    </li>
  );
}
