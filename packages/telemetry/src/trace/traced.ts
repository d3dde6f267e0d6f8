import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';

/** One piece of work as a trace tells it. */
export interface TracedWork {
  /** Low in number, such as `deployment.promote` or `job deployment`: what differs from one to the next is an attribute. */
  name: string;
  /** Whether it answers somebody (server), asks another machine (client), does what was left for it (consumer), or is a part of these. */
  role: 'server' | 'client' | 'consumer' | 'part';
  /** Names as in OpenTelemetry's semantic conventions where those have one, else under `flow.`. Never a secret, never what a person wrote. */
  attributes: Readonly<Record<string, string | number>>;
  /** The work that left this to do, by `traceparent()` of then; null when nobody is known. */
  cause?: string | null | undefined;
}

/** What may still be told of a piece of work while it is done. */
export interface TracedEnd {
  tell(attributes: Attributes): void;
  /** It has not done what it was to do; a short name of why, not a message: messages quote. */
  fails(why: string): void;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER, part: SpanKind.INTERNAL } as const;

/** Does a piece of work as a span of the trace that it is part of. Where nobody collects traces this costs next to nothing. */
export function traced<T>(work: TracedWork, run: (end: TracedEnd) => Promise<T>): Promise<T> {
  const { name, role, attributes } = work;
  return trace.getTracer('flow').startActiveSpan(name, { kind: kinds[role], attributes }, causeOf(work), async (span) => {
    try {
      return await run(endOf(span));
    } catch (error) {
      endOf(span).fails(error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The same for what is worth a span only as a part of something that somebody waits for, such as one of a watch's many calls. */
export function tracedPart<T>(work: TracedWork, run: (end: TracedEnd) => Promise<T>): Promise<T> {
  return trace.getActiveSpan() === undefined ? run({ tell: () => undefined, fails: () => undefined }) : traced(work, run);
}

function causeOf({ cause }: TracedWork): Context {
  if (cause === undefined || cause === null) return context.active();
  return propagation.extract(ROOT_CONTEXT, { traceparent: cause });
}

function endOf(span: Span): TracedEnd {
  return {
    tell: (attributes) => span.setAttributes(attributes),
    fails: (why) => span.setStatus({ code: SpanStatusCode.ERROR, message: why }),
  };
}

/** Where the work of now stands in its trace, as the text of the W3C header of this name; null outside of one. To be kept with work that is left for later. */
export function traceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}
