'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { Panel } from '@flow/ui/panel';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useFields } from '../form/use-fields.ts';
import { CheckMany } from '../governance/policy/check-many.tsx';
import { kindOptions, toKinds } from '../notifications/kinds.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';

/** What I am told by mail and in the chat. */
export function MySettings() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.notification.settings.queryOptions({ tenant }));
  return (
    <Panel title="What I am told">
      <QueryView query={query} failed="Your settings could not be loaded">
        {(settings) => <SettingsForm settings={settings} />}
      </QueryView>
    </Panel>
  );
}

function SettingsForm({ settings }: { settings: RouterOutputs['notification']['settings'] }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const save = useMutation(
    api.notification.saveSettings.mutationOptions({
      onSuccess: () => {
        toast('Your settings were saved');
        void queryClient.invalidateQueries(api.notification.pathFilter());
      },
    }),
  );
  const form = useFields({ email: settings.email.join(','), chat: settings.chat.join(','), chatName: settings.chatName }, save.error);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ tenant, email: toKinds(form.values.email), chat: toKinds(form.values.chat), chatName: form.values.chatName });
      }}
    >
      <CheckMany legend="By mail" options={kindOptions} {...form.field('email')} />
      <CheckMany legend="Named in the channels of the tenant" options={kindOptions} {...form.field('chat')} />
      <div className="sm:max-w-80">
        <TextField
          label="My name in the chat"
          hint="Such as @rita; without it nobody is named"
          maxLength={80}
          {...form.field('chatName')}
        />
      </div>
      {form.message === '' ? null : <Notice tone="danger">{form.message}</Notice>}
      <div>
        <Button type="submit" variant="primary" isBusy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
