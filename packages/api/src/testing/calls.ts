import { randomUUID } from 'node:crypto';
import { checkpointSigner } from '@flow/operations/audit';
import { createSealer } from '@flow/operations/secret';
import { createSessionVerifier } from '@flow/operations/session';
import { worldNow } from '@flow/operations/testing';
import { handleApiRequest } from '../door/index.ts';
import { createAppRouter } from '../router/index.ts';
import type { ApiServices } from '../router/index.ts';
import type { Policy } from '../trpc/index.ts';
import { testKey } from './links.ts';

/** One procedure as the walk sees it. */
export interface WalkedProcedure {
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  policy: Policy | undefined;
  hasOutput: boolean;
}

/** Every procedure of the router, read from the router itself, so that none can be left out. */
export function listProcedures(): WalkedProcedure[] {
  return Object.entries(createAppRouter()._def.procedures).map(([path, procedure]) => {
    // What a procedure knows of itself is typed per procedure; the walk reads the three fields that all of them have.
    const definition = (procedure as unknown as { _def: { type: WalkedProcedure['type']; meta?: { policy?: Policy }; output?: unknown } })
      ._def;
    return { path, type: definition.type, policy: definition.meta?.policy, hasOutput: definition.output !== undefined };
  });
}

/** Services over a database, with a clock that stands still and a log that is kept. */
export function testServices(db: ApiServices['db'], errors: unknown[] = []): ApiServices {
  const now = () => worldNow;
  return {
    db,
    now,
    newId: randomUUID,
    outboundAllowed: { hosts: new Set(), covers: () => false },
    // The clock stands still, so nothing that was counted would ever run out.
    measures: { callBegins: () => () => undefined },
    rates: { count: () => undefined, countProcedure: () => undefined },
    sealer: createSealer(testKey),
    checkpoints: checkpointSigner('test-key-test-key-test-key-test-key-test-key').verifier,
    // Nothing is remembered, so that each call sees the database as it is.
    sessions: createSessionVerifier({ db, now, rememberMs: 0 }),
    log: { info: () => undefined, warn: () => undefined, error: (fields) => errors.push(fields) },
  };
}

export interface Answer {
  status: number;
  /** tRPC's code of an error, or `OK`. */
  code: string;
  /** The whole body, byte for byte. */
  body: string;
}

/** Calls a procedure through the door, as a browser would. */
export async function callProcedure(
  services: ApiServices,
  call: { procedure: Pick<WalkedProcedure, 'path' | 'type'>; input: unknown; token: string | null },
): Promise<Answer> {
  const { path, type } = call.procedure;
  const url = new URL(`https://flow.test/api/trpc/${path}`);
  const headers = { host: 'flow.test', 'content-type': 'application/json' };
  if (type === 'query' && call.input !== undefined) url.searchParams.set('input', JSON.stringify(call.input));
  const request =
    type === 'query'
      ? new Request(url, { headers })
      : new Request(url, { method: 'POST', headers, body: JSON.stringify(call.input ?? {}) });
  const facts = { token: call.token, requestId: 'request-1', address: '192.0.2.1', userAgent: 'walk' };
  const response = await handleApiRequest(request, { endpoint: '/api/trpc', services, facts });
  const body = await response.text();
  const code = response.ok ? 'OK' : (/"code":"([A-Z_]+)"/.exec(body)?.[1] ?? 'UNKNOWN');
  return { status: response.status, code, body };
}
