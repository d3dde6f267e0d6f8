import type { RouterInputs } from '@flow/api/client-types';

type MatrixShow = NonNullable<RouterInputs['promotion']['matrix']['show']>;

const labels = {
  all: 'Every service',
  behind: 'Something newer runs below',
  mixed: 'Regions differ',
  degraded: 'Degraded',
  drifted: 'Drifted from what was deployed',
  held: 'Pinned or in quarantine',
} as const satisfies Record<MatrixShow, string>;

/** What the matrix can be narrowed to; everything is the empty value, which leaves the URL short. */
export const showOptions = Object.entries(labels).map(([value, label]) => ({ value: value === 'all' ? '' : value, label }));

/** Whether a text from the URL is one of them. */
export function isMatrixShow(text: string): text is MatrixShow {
  return Object.hasOwn(labels, text);
}
