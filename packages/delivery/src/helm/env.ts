import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({ PATH: z.string().default(''), XDG_CACHE_HOME: z.string().optional() });

/** Where to look for helm, and where an unpacked one is kept: outside of the source tree, shared by all processes of this user. */
export function helmPlaces(): { searchPath: string; cacheDir: string } {
  const env = schema.parse(process.env);
  return { searchPath: env.PATH, cacheDir: join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'flow') };
}
