import { X509Certificate } from 'node:crypto';

/** True for a certificate in PEM form. */
export function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
