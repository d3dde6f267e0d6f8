import { FlowError } from '@flow/core/fault';
import type { FaultCode } from '@flow/core/fault';
import { openAuditExport } from '../audit/export.ts';
import type { AuditExport } from '../audit/export.ts';
import type { ApiServices } from '../router/index.ts';

const statuses = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  precondition: 412,
  limited: 429,
  upstream: 502,
  internal: 500,
} as const satisfies Record<FaultCode, number>;

export type AuditExportAnswer =
  | { ok: true; exported: AuditExport }
  | { ok: false; status: number; message: string; retryAfterSeconds: number | null };

/** Answers the door of the export: the file, or why there is none. */
export async function answerAuditExport(services: ApiServices, request: Parameters<typeof openAuditExport>[1]): Promise<AuditExportAnswer> {
  try {
    return { ok: true, exported: await openAuditExport(services, request) };
  } catch (error) {
    if (!(error instanceof FlowError) || error.code === 'internal') throw error;
    return { ok: false, status: statuses[error.code], message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
}
