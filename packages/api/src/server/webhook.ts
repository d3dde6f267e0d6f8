import { FlowError } from '@flow/core/fault';
import { proveDelivery, receivePush } from '@flow/operations/webhook';
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
  status: 202 | 400 | 401 | 409 | 422 | 500;
  body: Record<string, unknown>;
}

/** Takes a delivery of a git host: proven by its signature, counted once. */
export async function answerWebhook(services: ApiServices, request: WebhookRequest): Promise<WebhookAnswer> {
  try {
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
    return { status: received.outcome === 'repeated' ? 409 : 202, body: { ...received } };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { status: statusOf(error), body: { error: { message: error.message } } };
  }
}

function statusOf(error: FlowError): WebhookAnswer['status'] {
  switch (error.code) {
    case 'unauthenticated':
      return 401;
    case 'invalid':
      return 400;
    case 'precondition':
      return 422;
    case 'conflict':
      return 409;
    case 'forbidden':
    case 'notFound':
    case 'limited':
    case 'upstream':
    case 'internal':
      return 500;
  }
}
