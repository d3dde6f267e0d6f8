import { readAllowedPlaces } from '@flow/delivery/outbound';
import type { AllowedPlaces } from '@flow/delivery/outbound';
import { z } from 'zod';

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Key of the envelope that protects cluster credentials. */
  FLOW_ENCRYPTION_KEY: z
    .string()
    .min(32, 'set FLOW_ENCRYPTION_KEY to at least 32 random characters, for example the output of: openssl rand -base64 32'),
  /** The key before, while the key is changed: it opens what is not wrapped anew yet. */
  FLOW_ENCRYPTION_KEY_PREVIOUS: z.string().min(32).optional(),
  /** Signs the ends of the chains of the record; the database never sees it. */
  FLOW_AUDIT_KEY: z
    .string()
    .min(32, 'set FLOW_AUDIT_KEY to at least 32 random characters, for example the output of: openssl rand -base64 32')
    .optional(),
  FLOW_AUDIT_CHECKPOINT_FILE: z.string().min(1).optional(),
  /** Lines of steps are deleted after so many days. */
  FLOW_KEEP_LOGS_DAYS: z.coerce.number().int().min(1).max(36_500).default(180),
  FLOW_STATE_DIR: z.string().min(1).default('.flow'),
  FLOW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Image of steps that name none. */
  FLOW_STEP_IMAGE: z.string().min(1).default('alpine/git:2.49.1'),
  /** Besides https and ssh, repositories below these prefixes may be read, comma separated: the demo's local ones. */
  FLOW_GIT_ALLOW: z.string().default(''),
  /** Where those who run Flow read the measures of this worker, and whether it is ready. */
  FLOW_METRICS_HOST: z.string().default('127.0.0.1'),
  FLOW_WORKER_METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** A collector of traces that speaks OTLP over HTTP, such as http://collector:4318; without it none are collected. */
  FLOW_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  FLOW_TRACES_SHARE: z.coerce.number().min(0).max(1).default(1),
  /** Where the portal is reached: for the links in messages. */
  FLOW_PUBLIC_URL: z.url().default('http://127.0.0.1:3000'),
  /** The mail server, `smtp://user:password@host:587` or `smtps://…`; without it no mail is sent. */
  FLOW_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  FLOW_SMTP_FROM: z.string().min(3).default('Flow <flow@localhost>'),
  /** Hosts and ranges of addresses that may be called although they are not on the internet, comma separated. */
  FLOW_OUTBOUND_ALLOW: z
    .string()
    .default('')
    .transform((text, context) => {
      const read = readAllowedPlaces(text);
      if (read.ok) return read.places;
      context.addIssue({ code: 'custom', message: read.message });
      return z.NEVER;
    }),
});

export interface WorkerEnvironment {
  databaseUrl: string;
  encryptionKey: string;
  previousEncryptionKey: string | null;
  auditKey: string | null;
  /** Signed ends of chains are added to this file too. */
  checkpointFile: string | null;
  keepLogsDays: number;
  stateDir: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  gitAllow: readonly string[];
  /** Image of pipeline steps that name none: it must have sh and git. */
  stepImage: string;
  publicUrl: string;
  mail: { url: string; from: string; isPlainAllowed: boolean } | null;
  outboundAllowed: AllowedPlaces;
  /** Null: nobody is told. */
  metrics: { host: string; port: number } | null;
  /** Null: nobody collects them. */
  traces: { endpoint: string; share: number } | null;
}

/** Reads the worker's settings; what is missing or malformed is named in the error. */
export function readEnvironment(): WorkerEnvironment {
  const parsed = environment.parse(process.env);
  return {
    databaseUrl: parsed.DATABASE_URL,
    encryptionKey: parsed.FLOW_ENCRYPTION_KEY,
    previousEncryptionKey: parsed.FLOW_ENCRYPTION_KEY_PREVIOUS ?? null,
    auditKey: parsed.FLOW_AUDIT_KEY ?? null,
    checkpointFile: parsed.FLOW_AUDIT_CHECKPOINT_FILE ?? null,
    keepLogsDays: parsed.FLOW_KEEP_LOGS_DAYS,
    stateDir: parsed.FLOW_STATE_DIR,
    logLevel: parsed.FLOW_LOG_LEVEL,
    gitAllow: parsed.FLOW_GIT_ALLOW.split(',').filter((prefix) => prefix !== ''),
    stepImage: parsed.FLOW_STEP_IMAGE,
    publicUrl: parsed.FLOW_PUBLIC_URL.replace(/\/$/, ''),
    mail: mailOf(parsed),
    outboundAllowed: parsed.FLOW_OUTBOUND_ALLOW,
    metrics:
      parsed.FLOW_WORKER_METRICS_PORT === undefined ? null : { host: parsed.FLOW_METRICS_HOST, port: parsed.FLOW_WORKER_METRICS_PORT },
    traces:
      parsed.FLOW_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: parsed.FLOW_OTLP_ENDPOINT.replace(/\/$/, ''), share: parsed.FLOW_TRACES_SHARE },
  };
}

function mailOf(parsed: z.output<typeof environment>): WorkerEnvironment['mail'] {
  const { FLOW_SMTP_URL: url, FLOW_SMTP_FROM: from, FLOW_OUTBOUND_ALLOW: allowed } = parsed;
  if (url === undefined) return null;
  const host = new URL(url).hostname.replaceAll(/^\[|\]$/g, '');
  return { url, from, isPlainAllowed: allowed.hosts.has(host) || allowed.covers(host) };
}

/** Where programs such as git are looked for. */
export function searchPath(): string | undefined {
  return process.env['PATH'];
}
