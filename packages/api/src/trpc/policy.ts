import type { Right } from '@flow/core/rights';

/**
 * Who may call a procedure.
 * - `{ right }`: a member of the tenant in the input with this right there.
 * - `signedIn`: anyone with a valid session. - `platformAdmin`: whoever runs the installation. - `public`: everybody.
 */
export type Policy = { readonly right: Right } | 'signedIn' | 'platformAdmin' | 'public';

export interface ApiMeta {
  policy: Policy;
}
