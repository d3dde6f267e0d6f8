const again = 'Log in again from this page';

/** Why a log-in did not happen, by the code in the address: its own words are never shown, or anybody could put text on this page by a link. */
const problems: Readonly<Record<string, string>> = {
  OAuthSignin: 'The provider of single sign-on does not answer. Try again in a minute, or ask the platform team to check the settings',
  OAuthCallback: `The answer of the provider did not belong to a log-in of this browser, or came too late. ${again}`,
  Callback: `The log-in was broken off. ${again}`,
  AccessDenied: 'The provider did not let you in: ask its administrators for access to Flow',
  'oidc-email':
    'The provider does not tell Flow your e-mail address: ask the platform team to allow the scopes "email" and "profile" for Flow',
  'oidc-invalid': 'Flow cannot use the e-mail address that the provider tells: it must be a plain one, such as ada@example.com',
  'oidc-precondition': 'The provider has not verified your e-mail address: verify it there and log in again',
  'oidc-conflict':
    'There is a Flow account with your e-mail address already, and it is not tied to single sign-on by the address alone. Log in with its password, or ask a platform admin for help',
  'oidc-forbidden': 'Nobody has set Flow up yet: open /setup and make the first account',
  'oidc-unauthenticated': 'Your account is disabled: ask a platform admin',
  'oidc-limited': 'Too many log-ins from your address: wait a minute and try again',
};

/** The sentence for a code of next-auth or of Flow; codes that nobody gave out say only that it did not work. */
export function logInProblem(code: unknown): string | null {
  if (code === undefined) return null;
  const known = typeof code === 'string' && Object.hasOwn(problems, code) ? problems[code] : undefined;
  return known ?? `The log-in did not work. ${again}, or ask the platform team if it happens again`;
}
