import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { answerBuckets } from './buckets.ts';

/** What a web process counts of itself. */
export interface WebMetrics {
  /** A call of a procedure begins; the returned function is told `OK` or the code of its refusal. */
  callBegins(call: { procedure: string; kind: string }): (outcome: string) => void;
  /** A request reached a door; the returned function is told the HTTP status that it got. */
  requestBegins(door: string): (status: number) => void;
  /** The hub read an event so long after it was written. */
  eventRead(lagMs: number): void;
  /** Where to look, whenever somebody asks, how many pages are open. */
  countViewers(count: () => number): void;
  registry: Registry;
}

/** The measures of one web process, with those of Node beside them. */
export function createWebMetrics(): WebMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const calls = new Histogram({
    name: 'flow_procedure_duration_seconds',
    help: 'Calls of procedures by how they ended: OK or the code of the refusal',
    labelNames: ['procedure', 'kind', 'outcome'],
    buckets: answerBuckets,
    registers,
  });
  const requests = new Histogram({
    name: 'flow_http_request_duration_seconds',
    help: 'HTTP requests from their first to their last byte, by door; a stream lasts as long as its page',
    labelNames: ['door', 'status'],
    buckets: answerBuckets,
    registers,
  });
  const lag = new Histogram({
    name: 'flow_event_lag_seconds',
    help: 'From the writing of an event to its being read for the open pages',
    buckets: answerBuckets,
    registers,
  });
  return {
    registry,
    callBegins(call) {
      const end = calls.startTimer({ ...call });
      return (outcome) => {
        end({ outcome });
      };
    },
    requestBegins(door) {
      const end = requests.startTimer({ door });
      return (status) => {
        end({ status: String(status) });
      };
    },
    eventRead(lagMs) {
      lag.observe(Math.max(0, lagMs) / 1_000);
    },
    countViewers(count) {
      registry.registerMetric(
        new Gauge({
          name: 'flow_stream_viewers',
          help: 'Open pages that are told live what changes',
          registers: [],
          collect() {
            this.set(count());
          },
        }),
      );
    },
  };
}
