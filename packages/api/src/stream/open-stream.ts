import type { ServerResponse } from 'node:http';
import { can, isPlatformAdmin } from '@flow/core/rights';
import type { SessionVerifier, VerifiedSession } from '@flow/operations/session';
import { z } from 'zod';
import { streamsPerPersonMax } from '../limit/index.ts';
import type { Hub } from './hub.ts';

/** What a browser asks for: `/api/stream?tenant=<slug>&topics=a,b&after=<cursor>`. The topic `tenant` is that of the lists of this tenant. */
const streamQuery = z.object({
  tenant: z.string().min(1).max(64),
  topics: z
    .string()
    .transform((text) => text.split(','))
    .pipe(
      z
        .array(z.string().regex(/^[a-z]+(:[A-Za-z0-9._-]{1,100}){0,2}$/))
        .min(1)
        .max(40),
    ),
  after: z.string().max(64).optional(),
});

export interface StreamRequest {
  query: Record<string, string>;
  /** Sent by the browser itself when it comes back. */
  lastEventId: string | null;
  token: string | null;
  response: ServerResponse;
}

export interface Streams {
  /** Answers with a stream, or with 400, 401, 404 or 429. Everything that can fail is done before the first byte. */
  open(request: StreamRequest): Promise<void>;
  /** Ends every stream with a hint to come back, as before a restart. */
  stop(): void;
}

interface Stream {
  response: ServerResponse;
  token: string;
  tenantId: string;
  userId: string;
  end(): void;
}

/** Access that is taken away is gone from every open page after this and one query: ASVS 7.4.1 with the 5 s that Flow promises. */
const checkEveryMs = 3_000;
/** When a page that was one too many may come again. */
const retryAfterSeconds = 30;
/** A reader that is this far behind is cut off; it comes back and gets what it missed. */
const unreadBytesMax = 512 * 1024;

export interface StreamsOptions {
  hub: Hub;
  sessions: SessionVerifier;
  /** The tenant of a slug, for those who run the installation and are no member of it. */
  findTenant(slug: string): Promise<{ id: string } | null>;
}

/** The streams of a web process: one timer for the pings and the check of rights of all of them. */
export function createStreams(options: StreamsOptions): Streams {
  const { hub, sessions } = options;
  const streams = new Set<Stream>();

  // Access ends when it is taken away: session and membership of all streams are looked at again with every ping.
  const checkAndPing = (): void => {
    if (streams.size === 0) return;
    const checked = [...streams];
    for (const stream of checked) stream.response.write('event: ping\ndata: {}\n\n');
    sessions.verifyAnew([...new Set(checked.map((stream) => stream.token))]).then(
      (verified) => {
        for (const stream of checked) if (!mayWatch(verified.get(stream.token), stream.tenantId)) stream.end();
      },
      // The database did not answer: the streams show nothing new then either, and are looked at again.
      () => undefined,
    );
  };
  const timer = setInterval(checkAndPing, checkEveryMs);

  const start = (request: StreamRequest, found: Found): void => startStream({ hub, streams }, request, found);

  return {
    async open(request) {
      const query = streamQuery.safeParse(request.query);
      if (!query.success) return refuse(request.response, 400, 'Name a tenant and topics');
      const session = request.token === null ? null : await sessions.verify(request.token);
      if (session === null || request.token === null) return refuse(request.response, 401, 'Log in first');
      const tenant = await tenantOf(session, query.data.tenant, options);
      if (tenant === null || !mayWatch(session, tenant.id)) return refuse(request.response, 404, 'There is no such tenant here');
      const { userId } = session.actor;
      if ([...streams].filter((stream) => stream.userId === userId).length >= streamsPerPersonMax)
        return refuse(request.response, 429, 'Too many open pages: close some of them');
      const after = request.lastEventId ?? query.data.after ?? null;
      return start(request, {
        tenantId: tenant.id,
        userId,
        token: request.token,
        topics: query.data.topics.map((topic) => (topic === 'tenant' ? `tenant:${tenant.id}` : topic)),
        after,
      });
    },
    stop() {
      clearInterval(timer);
      for (const stream of streams) stream.end();
    },
  };
}

/** The tenant as this person finds it: among their own, or for whoever runs the installation among all. */
async function tenantOf(session: VerifiedSession, slug: string, options: StreamsOptions): Promise<{ id: string } | null> {
  const mine = session.tenants.find((tenant) => tenant.slug === slug);
  return mine ?? (isPlatformAdmin(session.actor) ? options.findTenant(slug) : null);
}

/** Frames name what changed and carry no more than every reader of the tenant may see. */
function mayWatch(session: VerifiedSession | undefined, tenantId: string): boolean {
  return session !== undefined && can(session.actor, 'tenant:read', tenantId);
}

interface Found {
  tenantId: string;
  userId: string;
  token: string;
  topics: readonly string[];
  after: string | null;
}

function startStream({ hub, streams }: { hub: Hub; streams: Set<Stream> }, { response }: StreamRequest, found: Found): void {
  // The browser left while its session was looked up: nothing would ever end this stream.
  if (response.destroyed) return;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  response.write('retry: 1000\n\n');
  const send = (frame: string): void => {
    if (response.writableLength > unreadBytesMax) stream.end();
    else response.write(frame);
  };
  const subscription = hub.subscribe({ tenantId: found.tenantId, topics: found.topics, lastEventId: found.after, send });
  const stream: Stream = {
    response,
    token: found.token,
    tenantId: found.tenantId,
    userId: found.userId,
    end() {
      subscription.end();
      streams.delete(stream);
      response.end();
    },
  };
  streams.add(stream);
  response.on('close', () => stream.end());
  // When the gap cannot be read, the browser comes back for it.
  subscription.caughtUp.catch(() => stream.end());
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(status === 429 ? { 'retry-after': String(retryAfterSeconds) } : {}),
    })
    .end(JSON.stringify({ error: { message } }));
}
