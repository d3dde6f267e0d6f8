import { FlowError } from '@flow/core/fault';
import type { FaultCode, FaultOwner, FieldFault } from '@flow/core/fault';
import { TRPCError } from '@trpc/server';
import type { TRPCDefaultErrorShape } from '@trpc/server';
import { z } from 'zod';

const codes = {
  invalid: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  notFound: 'NOT_FOUND',
  conflict: 'CONFLICT',
  precondition: 'PRECONDITION_FAILED',
  limited: 'TOO_MANY_REQUESTS',
  upstream: 'BAD_GATEWAY',
  internal: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<FaultCode, TRPCError['code']>;

/** The fault of Flow as tRPC carries it. */
export function toTrpcError(fault: FlowError): TRPCError {
  return new TRPCError({ code: codes[fault.code], message: fault.message, cause: fault });
}

/** What a client learns of an error, beside its message. */
export interface FaultData {
  code: string;
  httpStatus: number;
  /** To be given to the platform team: it is in the log beside the cause. */
  requestId: string | null;
  owner: FaultOwner | null;
  fields: readonly FieldFault[];
  /** Of TOO_MANY_REQUESTS. In a batch each call has its own. */
  retryAfterSeconds: number | null;
}

/** The error as it leaves the server: text only where it was written for people, never a stack, a query or a path. */
export function formatFault(
  shape: TRPCDefaultErrorShape,
  error: TRPCError,
  requestId: string | null,
): Omit<TRPCDefaultErrorShape, 'data'> & { data: FaultData } {
  const { cause } = error;
  const known = cause instanceof FlowError ? cause : null;
  return {
    code: shape.code,
    message: messageOf(error, known, requestId),
    data: {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      requestId,
      owner: known?.owner ?? null,
      fields: known?.fields ?? fieldsOf(error),
      retryAfterSeconds: known?.retryAfterSeconds ?? null,
    },
  };
}

function messageOf(error: TRPCError, known: FlowError | null, requestId: string | null): string {
  if (error.code === 'INTERNAL_SERVER_ERROR') return `Something went wrong in Flow. Give the platform team this id: ${requestId ?? 'none'}`;
  if (known !== null) return known.message;
  return error.code === 'BAD_REQUEST' && error.cause instanceof z.ZodError ? 'Some fields need another look' : ownText(error.code);
}

/** tRPC's own refusals, in words that repeat nothing of the request. */
function ownText(code: TRPCError['code']): string {
  switch (code) {
    case 'NOT_FOUND':
      return 'There is no such procedure';
    case 'METHOD_NOT_SUPPORTED':
      return 'Queries are read with GET or POST, changes are made with POST';
    case 'UNSUPPORTED_MEDIA_TYPE':
      return 'Only JSON is read';
    default:
      return 'The request was refused';
  }
}

function fieldsOf(error: TRPCError): FieldFault[] {
  const { cause } = error;
  if (error.code !== 'BAD_REQUEST' || !(cause instanceof z.ZodError)) return [];
  return cause.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}
