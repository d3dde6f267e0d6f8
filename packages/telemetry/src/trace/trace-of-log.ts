import { trace } from '@opentelemetry/api';

/** What joins a line of the log with the trace that it belongs to; empty outside of one. For pino's `mixin`. */
export function traceOfLog(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan();
  if (span === undefined) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}
