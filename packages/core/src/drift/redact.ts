import { isObject, fieldOf } from './json.ts';
import type { Difference } from './compare.ts';
import type { PathStep } from './path.ts';

/** Stands for what nobody is shown. */
const hiddenValue = '(hidden)';

const secretName = /pass(?:word|phrase|wd)?|secret|token|credential|api[-_]?key|private[-_]?key|access[-_]?key/i;
const secretText =
  /(?:pass(?:word|phrase|wd)?|secret|token|api[-_]?key|private[-_]?key)[\w-]*\s*[=:]\s*\S|:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY/i;
const holders: ReadonlySet<PathStep | undefined> = new Set(['data', 'binaryData', 'stringData']);

/** What may be shown and kept of a difference: values that look like a secret, and all that a Secret holds, are left out. */
export function redact(kind: string, { path, wanted, found }: Difference): { wanted: unknown; found: unknown; isHidden: boolean } {
  const shown = isSecret(kind, path)
    ? { wanted: wanted === undefined ? undefined : hiddenValue, found: found === undefined ? undefined : hiddenValue }
    : { wanted: withoutSecrets(wanted), found: withoutSecrets(found) };
  return { ...shown, isHidden: shown.wanted !== wanted || shown.found !== found };
}

function isSecret(kind: string, path: Difference['path']): boolean {
  if (kind === 'Secret') return true;
  return path.some((step, index) => {
    if (typeof step === 'string') return holders.has(path[index - 1]) && secretName.test(step);
    return 'key' in step && path[index - 1] === 'env' && secretName.test(String(step.is)) && index < path.length - 1;
  });
}

/** The same value when nothing in it looks like a secret. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return secretText.test(value) ? hiddenValue : value;
  if (Array.isArray(value)) {
    const items = value.map(withoutSecrets);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const isNamedSecret = secretName.test(String(fieldOf(value, 'name') ?? ''));
  const entries = Object.entries(value).map(([field, inner]): [string, unknown] => [
    field,
    isNamedSecret && field === 'value' && inner !== '' ? hiddenValue : withoutSecrets(inner),
  ]);
  return entries.some(([field, inner]) => inner !== value[field]) ? Object.fromEntries(entries) : value;
}
