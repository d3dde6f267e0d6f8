'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { CreateEnvironmentDialog } from './create-environment.tsx';
import { textsOf } from './environment-texts.ts';

/** A new environment that begins as another one is; its regions are chosen anew, since a namespace belongs to one environment. */
export function CloneEnvironmentDialog({
  environment,
  onClose,
}: {
  environment: RouterOutputs['environment']['get'];
  onClose: () => void;
}) {
  const texts = textsOf(environment);
  const initial = { ...texts, name: `${texts.name} copy`, slug: '', position: String(environment.position + 1) };
  return <CreateEnvironmentDialog initial={initial} onClose={onClose} />;
}
