import { FlowError } from '@flow/core/fault';
import { answerLater, proveAnswer } from '@flow/operations/external-check';
import { traced } from '@flow/telemetry/trace';
import { addressKey } from '../limit/index.ts';
import type { ApiServices } from '../router/index.ts';
import { statusOf } from './webhook.ts';
import type { WebhookAnswer } from './webhook.ts';

export interface CheckAnswerRequest {
  questionId: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as they came. */
  body: Uint8Array;
  address: string | null;
}

/** Takes the answer of an external check that came later: proven by its signature, counted once. A repeated one is told that it was taken. */
export function answerCheckAnswer(services: ApiServices, request: CheckAnswerRequest): Promise<WebhookAnswer> {
  const attributes = { 'flow.question.id': request.questionId };
  return traced({ name: 'webhook check', role: 'server', attributes }, () => takeAnswer(services, request));
}

async function takeAnswer(services: ApiServices, request: CheckAnswerRequest): Promise<WebhookAnswer> {
  try {
    services.rates.count('delivery', addressKey(request.address));
    const now = services.now();
    const proven = await proveAnswer({ db: services.db, sealer: services.sealer, now }, request.questionId, request);
    const taken = await answerLater(
      {
        actor: { kind: 'system', reason: 'takes the answer of an external check' },
        tenantId: proven.tenantId,
        db: services.db,
        now,
        newId: () => services.newId(),
        log: services.log,
        requestId: services.newId(),
        address: request.address,
      },
      proven,
    );
    return { status: 200, body: { ...taken }, retryAfterSeconds: null };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { status: statusOf(error), body: { error: { message: error.message } }, retryAfterSeconds: error.retryAfterSeconds };
  }
}
