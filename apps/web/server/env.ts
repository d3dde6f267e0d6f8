import { z } from 'zod';

const knownSecrets = new Set(['secret', 'changeme', 'password', 'flow', 'demo', 'development', 'test', 'nextauthsecret']);

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  FLOW_SECRET: z.string().default(''),
  FLOW_ENCRYPTION_KEY: z.string().default(''),
  FLOW_ENCRYPTION_KEY_PREVIOUS: z.string().min(32).optional(),
  FLOW_AUDIT_KEY: z.string().optional(),
  FLOW_DEMO: z.enum(['0', '1']).default('0'),
  FLOW_DEV: z.enum(['0', '1']).default('0'),
  FLOW_WEB_HOST: z.string().default('127.0.0.1'),
  FLOW_WEB_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  FLOW_PUBLIC_URL: z.url().optional(),
  FLOW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  FLOW_OUTBOUND_ALLOW: z.string().default(''),
  FLOW_METRICS_HOST: z.string().default('127.0.0.1'),
  FLOW_WEB_METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  FLOW_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  FLOW_TRACES_SHARE: z.coerce.number().min(0).max(1).default(1),
  FLOW_RATE_SCALE: z.coerce.number().min(1).max(1_000).default(1),
  FLOW_TRUSTED_HOPS: z.coerce.number().int().min(0).max(5).default(0),
  FLOW_OIDC_ISSUER: z.url().optional(),
  FLOW_OIDC_CLIENT_ID: z.string().optional(),
  FLOW_OIDC_CLIENT_SECRET: z.string().optional(),
  FLOW_OIDC_NAME: z.string().default('Single sign-on'),
});

export interface WebEnvironment {
  databaseUrl: string;
  secret: string;
  encryptionKey: string;
  /** The key before, while the key is changed. */
  previousEncryptionKey: string | null;
  /** By which signed ends of the audit record are told; null: none are. */
  auditKey: string | null;
  isDemo: boolean;
  isDevelopment: boolean;
  host: string;
  port: number;
  publicUrl: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Widens every limit of requests. */
  rateScale: number;
  /** Hosts and ranges of addresses that may be called although they are not on the internet. */
  outboundAllow: string;
  /** Proxies in front of this process that write `x-forwarded-for`. */
  trustedHops: number;
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | null;
  /** Where those who run Flow read its measures; null: nowhere. */
  metrics: { host: string; port: number } | null;
  /** A collector of traces, and the share of them that is kept; null: nobody collects them. */
  traces: { endpoint: string; share: number } | null;
}

export type ReadEnvironment = { ok: true; environment: WebEnvironment } | { ok: false; faults: readonly string[] };

/**
 * Reads the settings of the web process. A start is refused with a missing, short or known secret, and the demo is refused on any address but loopback:
 * its passwords are printed on the screen.
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): ReadEnvironment {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) return { ok: false, faults: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) };
  const read = parsed.data;
  const faults = [
    ...secretFaults('FLOW_SECRET', read.FLOW_SECRET),
    ...secretFaults('FLOW_ENCRYPTION_KEY', read.FLOW_ENCRYPTION_KEY),
    ...(read.FLOW_AUDIT_KEY === undefined ? [] : secretFaults('FLOW_AUDIT_KEY', read.FLOW_AUDIT_KEY)),
    ...(read.FLOW_DEMO === '1' && !['127.0.0.1', '::1', 'localhost'].includes(read.FLOW_WEB_HOST)
      ? ['FLOW_WEB_HOST: the demo listens on loopback only; set up a real installation to open it to others']
      : []),
    ...oidcFaults(read),
  ];
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    environment: {
      databaseUrl: read.DATABASE_URL,
      secret: read.FLOW_SECRET,
      encryptionKey: read.FLOW_ENCRYPTION_KEY,
      previousEncryptionKey: read.FLOW_ENCRYPTION_KEY_PREVIOUS ?? null,
      auditKey: read.FLOW_AUDIT_KEY ?? null,
      isDemo: read.FLOW_DEMO === '1',
      isDevelopment: read.FLOW_DEV === '1',
      host: read.FLOW_WEB_HOST,
      port: read.FLOW_WEB_PORT,
      publicUrl: read.FLOW_PUBLIC_URL ?? `http://${read.FLOW_WEB_HOST}:${read.FLOW_WEB_PORT}`,
      logLevel: read.FLOW_LOG_LEVEL,
      rateScale: read.FLOW_RATE_SCALE,
      outboundAllow: read.FLOW_OUTBOUND_ALLOW,
      trustedHops: read.FLOW_TRUSTED_HOPS,
      oidc: oidcOf(read),
      metrics: read.FLOW_WEB_METRICS_PORT === undefined ? null : { host: read.FLOW_METRICS_HOST, port: read.FLOW_WEB_METRICS_PORT },
      traces: tracesOf(read),
    },
  };
}

function secretFaults(name: string, value: string): string[] {
  if (value === '') return [`${name}: set it to at least 32 random characters, for example the output of: openssl rand -base64 32`];
  if (value.length < 32) return [`${name}: it has ${value.length} characters; use at least 32 random ones`];
  if (knownSecrets.has(value.toLowerCase().replaceAll(/[^a-z]/g, '')) || new Set(value).size < 8)
    return [`${name}: it can be guessed; use random characters`];
  return [];
}

/** Half of the settings would be no single sign-on, without a word about it. */
function oidcFaults(read: z.infer<typeof environment>): string[] {
  const names = ['FLOW_OIDC_ISSUER', 'FLOW_OIDC_CLIENT_ID', 'FLOW_OIDC_CLIENT_SECRET'] as const;
  const missing = names.filter((name) => (read[name] ?? '') === '');
  return missing.length === 0 || missing.length === names.length ? [] : missing.map((name) => `${name}: single sign-on needs it too`);
}

function oidcOf(read: z.infer<typeof environment>): WebEnvironment['oidc'] {
  const { FLOW_OIDC_ISSUER: issuer, FLOW_OIDC_CLIENT_ID: clientId, FLOW_OIDC_CLIENT_SECRET: clientSecret, FLOW_OIDC_NAME: name } = read;
  return issuer === undefined || clientId === undefined || clientSecret === undefined ? null : { issuer, clientId, clientSecret, name };
}

/** The settings of this process. */
export function ownEnvironment(): ReadEnvironment {
  return readEnvironment(process.env);
}

/** next-auth reads its own address from a variable, and from it the address that a provider of single sign-on sends people back to. */
export function tellNextAuth(publicUrl: string): void {
  process.env['NEXTAUTH_URL'] = publicUrl;
}

function tracesOf(read: z.infer<typeof environment>): WebEnvironment['traces'] {
  const { FLOW_OTLP_ENDPOINT: endpoint, FLOW_TRACES_SHARE: share } = read;
  return endpoint === undefined ? null : { endpoint: endpoint.replace(/\/$/, ''), share };
}
