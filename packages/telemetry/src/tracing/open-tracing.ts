import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';

/** Where traces go. */
export interface TracingPlace {
  /** A collector that speaks OTLP over HTTP, without the path: `http://collector:4318`. */
  endpoint: string;
  /** The share of the traces that are kept, from 0 to 1. A trace is kept whole or not at all, over all processes. */
  share: number;
}

/**
 * Collects the spans of this process, as `service`, and sends them in batches; nothing without a place. A collector that does not answer holds nobody up:
 * what does not fit into the waiting batches is dropped. Dispose it to send what is left, for at most five seconds.
 */
export function openTracing(service: string, place: TracingPlace | null): AsyncDisposable {
  if (place === null) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const exporter = new OTLPTraceExporter({ url: `${place.endpoint}/v1/traces`, timeoutMillis: 5_000 });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'flow' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(place.share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: 5_000 })],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(contexts);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async [Symbol.asyncDispose]() {
      // Spans that a collector does not take are lost; that must not fail the stop of the process.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      propagation.disable();
      context.disable();
    },
  };
}
