import { parseArgs } from 'node:util';
import { z } from 'zod';

const name = /^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/;

const cluster = z.string().transform((text, context) => {
  const [clusterName = '', region = '', port = '0', ...rest] = text.split(':');
  if (!name.test(clusterName) || !name.test(region) || !/^\d{1,5}$/.test(port) || Number(port) > 65_535 || rest.length > 0) {
    context.addIssue({
      code: 'custom',
      message: `--cluster takes NAME:REGION or NAME:REGION:PORT in lower case letters, digits and "-"; got "${text}"`,
    });
    return z.NEVER;
  }
  return { name: clusterName, region, port: Number(port) };
});

const parsed = z.strictObject({
  'state-dir': z.string({ error: '--state-dir DIR is required: the folder that keeps the clusters between starts' }).min(1),
  'image-dir': z.string().min(1).optional(),
  cluster: z.array(cluster, { error: 'at least one --cluster NAME:REGION[:PORT] is required' }).min(1),
});

/** What `main.ts` is asked to run. */
export interface SandboxArguments {
  stateDir: string;
  /** Absent: the folder `images` in the state folder. */
  imageDir: string | undefined;
  clusters: { name: string; region: string; port: number }[];
}

/** Reads the command line; the message of a failure says what to write instead. */
export function readArguments(argv: readonly string[]): { ok: true; value: SandboxArguments } | { ok: false; message: string } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { 'state-dir': { type: 'string' }, 'image-dir': { type: 'string' }, cluster: { type: 'string', multiple: true } },
    });
    const result = parsed.safeParse(values);
    if (!result.success) return { ok: false, message: result.error.issues.map((issue) => issue.message).join('\n') };
    const names = result.data.cluster.map((one) => one.name);
    if (new Set(names).size !== names.length) return { ok: false, message: 'each --cluster needs a name of its own' };
    return { ok: true, value: { stateDir: result.data['state-dir'], imageDir: result.data['image-dir'], clusters: result.data.cluster } };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
