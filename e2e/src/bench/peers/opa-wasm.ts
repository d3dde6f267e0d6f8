import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { cpuMicroseconds } from '../decisions/cpu-time.ts';

/** A query of OPA as WebAssembly in this process. */
export interface OpaWasm {
  /** Processor time of one decision, over so many. */
  microseconds(input: unknown, count: number): Promise<number>;
}

const nanosecondsInMs = 1_000_000;
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** What the module asks of its host: the SDK leaves time to whoever embeds it. Only UTC is asked for here. */
const host = {
  'time.parse_rfc3339_ns': (text: string) => Date.parse(text) * nanosecondsInMs,
  'time.weekday': (nanoseconds: number) => weekdays[new Date(nanoseconds / nanosecondsInMs).getUTCDay()],
  'time.clock': (at: number | [number, string]) => {
    const date = new Date((Array.isArray(at) ? at[0] : at) / nanosecondsInMs);
    return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  },
};

/** Loads a compiled query. It is asked with the input as JSON once, so that a broken peer does not look like a fast one. */
export async function loadWasm(module: Buffer): Promise<OpaWasm> {
  const policy = await loadPolicy(new Uint8Array(module), undefined, host);
  return {
    microseconds(input, count) {
      const plain: unknown = JSON.parse(JSON.stringify(input));
      if (JSON.stringify(policy.evaluate(plain)).length < 100) throw new Error('OPA as WebAssembly has no reasons to give');
      return Promise.resolve(cpuMicroseconds(count, () => policy.evaluate(plain)));
    },
  };
}
