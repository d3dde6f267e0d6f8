import { hash, verify } from '@node-rs/argon2';

/** OWASP password storage cheat sheet: argon2id (the library's default algorithm) with 19 MiB, 2 passes, 1 lane. */
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The argon2id hash of a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, settings);
}

// A hash under the same settings of a password that nobody knows: an unknown account takes as long to refuse as a known one.
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$CVsvF+jKe+29IsIgc1Ky0A$xv6Dgwhs0DOUQbRlqr55+GZsBcEJKcnKq95sVIQhQeY';

/** Whether the password is right. Takes the same time when there is no account or the account has no password. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const isRight = await verify(passwordHash ?? nobodysHash, password);
  return isRight && passwordHash !== null;
}
