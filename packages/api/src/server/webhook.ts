import { FlowError } from '@flow/core/fault';
import { proveDelivery, receivePush } from '@flow/operations/webhook';
import { traced } from '@flow/telemetry/trace';
import { addressKey } from '../limit/index.ts';
import type { ApiServices } from '../router/index.ts';

export interface WebhookRequest {
  sourceId: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as they came. */
  body: Uint8Array;
  address: string | null;
}

export interface WebhookAnswer {
  status: 200 | 202 | 400 | 401 | 409 | 422 | 429 | 500;
  /** Of 429. */
  retryAfterSeconds: number | null;
  body: Record<string, unknown>;
}

/** Takes a delivery of a git host: proven by its signature, counted once. */
export function answerWebhook(services: ApiServices, request: WebhookRequest): Promise<WebhookAnswer> {
  return traced({ name: 'webhook git', role: 'server', attributes: { 'flow.source.id': request.sourceId } }, () =>
    takeDelivery(services, request),
  );
}

async function takeDelivery(services: ApiServices, request: WebhookRequest): Promise<WebhookAnswer> {
  try {
    services.rates.count('delivery', addressKey(request.address));
    const delivery = await proveDelivery(services, request.sourceId, request);
    const received = await receivePush(
      {
        actor: { kind: 'webhook', sourceId: delivery.sourceId, tenantId: delivery.tenantId },
        tenantId: delivery.tenantId,
        db: services.db,
        now: services.now(),
        newId: () => services.newId(),
        log: services.log,
        requestId: services.newId(),
        address: request.address,
      },
      delivery,
    );
    return { status: received.outcome === 'repeated' ? 409 : 202, body: { ...received }, retryAfterSeconds: null };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { status: statusOf(error), body: { error: { message: error.message } }, retryAfterSeconds: error.retryAfterSeconds };
  }
}

/** How a fault is told to a program that delivers something. */
export function statusOf(error: FlowError): WebhookAnswer['status'] {
  switch (error.code) {
    case 'unauthenticated':
      return 401;
    case 'invalid':
      return 400;
    case 'precondition':
      return 422;
    case 'conflict':
      return 409;
    case 'limited':
      return 429;
    case 'forbidden':
    case 'notFound':
    case 'upstream':
    case 'internal':
      return 500;
  }
}
