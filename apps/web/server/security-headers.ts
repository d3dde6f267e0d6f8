import { randomBytes } from 'node:crypto';

export interface HeaderFacts {
  /** Sources of modules and of their maps are evaluated while developing. */
  isDevelopment: boolean;
  publicUrl: string;
}

/** A word that only the scripts of one answer know. */
export function newNonce(): string {
  return randomBytes(18).toString('base64');
}

/** What every answer says to a browser, page or not (ASVS 3.4). */
export function commonHeaders({ publicUrl }: HeaderFacts): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    ...(publicUrl.startsWith('https://') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
}

/** For answers that are data: whoever opens one as a page gets a page that may do nothing. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

/**
 * For pages: scripts run only with the nonce of this answer, or when such a script loads them. Style elements stay open, since the libraries of the
 * toasts and dialogs add some of their own without a nonce; a style can reach nothing but this site here.
 */
export function pagePolicy(nonce: string, { isDevelopment }: HeaderFacts): string {
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    "script-src-attr 'none'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
