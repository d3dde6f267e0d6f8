import type { AppRouter } from '@flow/api/client-types';
import { TRPCClientError } from '@trpc/client';

export interface ShownFault {
  message: string;
  requestId: string | undefined;
  /** Message for each field, by its path. */
  fields: ReadonlyMap<string, string>;
}

/** Whether Flow itself has answered with a refusal or a fault: a lost connection, or a proxy that answers for it, brings none of its data. */
export function isAnswered(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError && error.data !== undefined;
}

/** What a page shows of a failed call. */
export function faultOf(error: unknown): ShownFault {
  if (!isAnswered(error))
    return {
      message: 'Flow cannot be reached at the moment. What you typed is still here: try again',
      requestId: undefined,
      fields: new Map(),
    };
  return {
    message: error.message,
    requestId: error.data?.requestId ?? undefined,
    fields: new Map(error.data?.fields.map((field) => [field.path, field.message])),
  };
}
