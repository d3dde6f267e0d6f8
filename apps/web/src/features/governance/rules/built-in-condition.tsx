'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { TextField } from '@flow/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import type { BuiltInTexts } from './rule-texts.ts';

export type BuiltIn = RouterOutputs['policy']['builtIns'][number];

interface SettingFieldsProps {
  builtIn: BuiltIn;
  settings: Readonly<Record<string, string>>;
  onChange: (settings: Record<string, string>) => void;
}

/** The numbers of a rule that comes with Flow. */
export function SettingFields({ builtIn, settings, onChange }: SettingFieldsProps) {
  return (
    <>
      {builtIn.settings.map((setting) => (
        <TextField
          key={setting.name}
          label={`${setting.title} (${setting.unit})`}
          inputMode="numeric"
          value={settings[setting.name] ?? String(setting.byDefault)}
          onChange={(event) => onChange({ ...settings, [setting.name]: event.target.value })}
        />
      ))}
    </>
  );
}

interface BuiltInFieldProps {
  condition: BuiltInTexts;
  onChange: (condition: BuiltInTexts) => void;
  error?: string | undefined;
  /** The rule gets a condition of its own. */
  onOwn: (source: string) => void;
}

/** The condition of a rule that comes with Flow: what it means, its numbers, and the way to one of its own. */
export function BuiltInField({ condition, onChange, error, onOwn }: BuiltInFieldProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.policy.builtIns.queryOptions({ tenant }));
  return (
    <QueryView query={query} failed="The rules that come with Flow could not be loaded">
      {(builtIns) => {
        const builtIn = builtIns.find((one) => one.key === condition.key);
        if (builtIn === undefined) return <p className="text-danger-fg">Flow has no rule {condition.key} any more.</p>;
        return (
          <div className="bg-raised flex flex-col gap-3 rounded-md p-3">
            <p>{builtIn.description}</p>
            <SettingFields builtIn={builtIn} settings={condition.settings} onChange={(settings) => onChange({ ...condition, settings })} />
            {error === undefined ? null : (
              <p role="alert" className="text-danger-fg text-xs">
                {error}
              </p>
            )}
            <p>
              <span className="text-muted text-xs">With its usual numbers it says</span>
              <code className="mt-1 block font-mono text-xs break-words">{builtIn.condition}</code>
            </p>
            <div>
              <Button size="s" onClick={() => onOwn(builtIn.condition)}>
                Write a condition of its own
              </Button>
            </div>
          </div>
        );
      }}
    </QueryView>
  );
}
