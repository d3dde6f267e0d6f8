/** Ends the session and leads to the log-in. Its code is loaded when someone logs out, which is once a day, not with every page. */
export async function logOut(): Promise<void> {
  const { signOut } = await import('next-auth/react');
  await signOut({ callbackUrl: '/login' });
}
