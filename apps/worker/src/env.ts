import { z } from 'zod';

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Key of the envelope that protects cluster credentials. */
  FLOW_ENCRYPTION_KEY: z
    .string()
    .min(32, 'set FLOW_ENCRYPTION_KEY to at least 32 random characters, for example the output of: openssl rand -base64 32'),
  FLOW_STATE_DIR: z.string().min(1).default('.flow'),
  FLOW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Image of steps that name none. */
  FLOW_STEP_IMAGE: z.string().min(1).default('alpine/git:2.49.1'),
  /** Besides https and ssh, repositories below these prefixes may be read, comma separated: the demo's local ones. */
  FLOW_GIT_ALLOW: z.string().default(''),
});

export interface WorkerEnvironment {
  databaseUrl: string;
  encryptionKey: string;
  stateDir: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  gitAllow: readonly string[];
  /** Image of pipeline steps that name none: it must have sh and git. */
  stepImage: string;
}

/** Reads the worker's settings; what is missing or malformed is named in the error. */
export function readEnvironment(): WorkerEnvironment {
  const parsed = environment.parse(process.env);
  return {
    databaseUrl: parsed.DATABASE_URL,
    encryptionKey: parsed.FLOW_ENCRYPTION_KEY,
    stateDir: parsed.FLOW_STATE_DIR,
    logLevel: parsed.FLOW_LOG_LEVEL,
    gitAllow: parsed.FLOW_GIT_ALLOW.split(',').filter((prefix) => prefix !== ''),
    stepImage: parsed.FLOW_STEP_IMAGE,
  };
}

/** Where programs such as git are looked for. */
export function searchPath(): string | undefined {
  return process.env['PATH'];
}
