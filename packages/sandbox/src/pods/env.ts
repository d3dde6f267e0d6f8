import { z } from 'zod';

const schema = z.object({
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  LANG: z.string().default('C.UTF-8'),
  FLOW_SANDBOX_POD_LOG_MAX_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(64 * 1024 * 1024),
});

/** What local processes take over from the sandbox's own environment, and the size at which a pod's log is cut. Nothing else is passed on. */
export interface KubeletEnv {
  path: string;
  lang: string;
  logMaxBytes: number;
}

/** Reads the environment once. Throws `ZodError` when a value is not what it should be. */
export function readKubeletEnv(): KubeletEnv {
  const env = schema.parse(process.env);
  return { path: env.PATH, lang: env.LANG, logMaxBytes: env.FLOW_SANDBOX_POD_LOG_MAX_BYTES };
}

/** The folder of the image store, as the kubelet tells it to every process. Undefined outside of one. */
export function readImageDir(): string | undefined {
  return z.object({ FLOW_IMAGE_DIR: z.string().min(1).optional() }).parse(process.env).FLOW_IMAGE_DIR;
}
