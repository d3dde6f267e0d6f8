import { hkdfSync } from 'node:crypto';

/** The keys between Flow and one outside service, as Standard Webhooks writes them: whoever has one can speak in one direction alone. */
export interface ExternalKeys {
  /** Flow signs its calls with it. */
  callKey: string;
  /** The service signs an answer with it that comes later. */
  answerKey: string;
}

/** Derives both keys from the one secret that is kept (HKDF with SHA-256, RFC 5869), each under a label of its own: neither tells anything of the other. */
export function keysOf(secret: string): ExternalKeys {
  const kept = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const derived = (label: string): string => `whsec_${Buffer.from(hkdfSync('sha256', kept, '', label, 32)).toString('base64')}`;
  return { callKey: derived('flow external check call'), answerKey: derived('flow external check answer') };
}
