import { canonicalJson } from './canonical-json.ts';

/** The characters that Kubernetes writes hashes in: none that could form a word. */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The short name of a pod template: 32-bit FNV-1a over its JSON, in the form that Kubernetes uses for such hashes.
 * Equal templates have equal hashes, whatever the order of their keys. The text differs from the one that the real controller computes.
 */
export function podTemplateHash(template: unknown, collisionCount = 0): string {
  const suffix = collisionCount === 0 ? '' : `#${collisionCount}`;
  return safeHash(`${canonicalJson(template)}${suffix}`);
}

/** The short name of the list of canary steps; a change of it restarts the canary. */
export function stepsHash(steps: readonly unknown[]): string {
  return safeHash(canonicalJson(steps));
}

function safeHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return Array.from(String(hash))
    .map((digit) => SAFE_ALPHABET.charAt(digit.charCodeAt(0) % SAFE_ALPHABET.length))
    .join('');
}
