'use client';

import { SelectField, TextArea, TextField } from '@flow/ui/field';
import type { Fields } from '../form/use-fields.ts';

/** Ways to give Flow access to a cluster. */
const ways = [
  { value: 'token', label: 'Address and token of a service account' },
  { value: 'kubeconfig', label: 'Kubeconfig' },
];

export type AccessField = 'access.kind' | 'access.kubeconfig' | 'access.context' | 'access.server' | 'access.caPem' | 'access.token';

/** What the fields begin with. */
export const emptyAccess: Record<AccessField, string> = {
  'access.kind': 'token',
  'access.kubeconfig': '',
  'access.context': '',
  'access.server': '',
  'access.caPem': '',
  'access.token': '',
};

export type ClusterAccess =
  | { kind: 'kubeconfig'; kubeconfig: string; context?: string }
  | { kind: 'token'; server: string; caPem: string; token: string };

/** The access that the fields say. */
export function accessOf(texts: Readonly<Record<AccessField, string>>): ClusterAccess {
  const context = texts['access.context'].trim();
  if (texts['access.kind'] === 'kubeconfig')
    return { kind: 'kubeconfig', kubeconfig: texts['access.kubeconfig'], ...(context === '' ? {} : { context }) };
  return { kind: 'token', server: texts['access.server'], caPem: texts['access.caPem'], token: texts['access.token'] };
}

/** Asks for access to a cluster, in one of two ways. */
export function AccessFields({ form }: { form: Pick<Fields<AccessField>, 'values' | 'field'> }) {
  return (
    <>
      <SelectField label="How Flow gets in" options={ways} {...form.field('access.kind')} />
      {form.values['access.kind'] === 'kubeconfig' ? <KubeconfigFields form={form} /> : <TokenFields form={form} />}
    </>
  );
}

function TokenFields({ form }: { form: Pick<Fields<AccessField>, 'field'> }) {
  return (
    <>
      <TextField
        label="Address"
        hint="Of the API server, such as https://203.0.113.7:6443"
        inputMode="url"
        autoComplete="off"
        {...form.field('access.server')}
      />
      <TextArea
        label="Certificate of its authority"
        rows={5}
        spellCheck={false}
        autoComplete="off"
        hint="-----BEGIN CERTIFICATE----- … Left empty: an authority that the machines of Flow trust"
        {...form.field('access.caPem')}
      />
      <TextArea label="Token" rows={4} spellCheck={false} autoComplete="off" {...form.field('access.token')} />
    </>
  );
}

function KubeconfigFields({ form }: { form: Pick<Fields<AccessField>, 'field'> }) {
  return (
    <>
      <TextArea
        label="Kubeconfig"
        rows={8}
        spellCheck={false}
        autoComplete="off"
        hint="With the certificate of the cluster and a token or client certificate in it. Commands and paths to files are refused."
        {...form.field('access.kubeconfig')}
      />
      <TextField label="Context" hint="Left empty: the current context of the kubeconfig" {...form.field('access.context')} />
    </>
  );
}
