import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { toTime, type SandboxContext } from '../../../store/index.ts';
import { followJsonPath, JsonPathError } from '../json-path.ts';
import { judge } from '../judge.ts';
import type { Measurement, Metric, WebMetric } from '../run-spec.ts';
import { failedMeasurement } from './measured.ts';
import { resolveWebAddress } from './web-address.ts';

const DEFAULT_TIMEOUT_S = 10;
const LARGEST_ANSWER_BYTES = 1024 * 1024;

interface Answer {
  status: number;
  body: string;
}

class WebMetricError extends Error {
  override readonly name = 'WebMetricError';
}

/** Asks the URL once and judges the answer. Never rejects: whatever goes wrong becomes a measurement with phase Error. */
export async function measureWeb(
  ctx: SandboxContext,
  metric: Metric,
  asked: { web: WebMetric; signal: AbortSignal },
): Promise<Measurement> {
  const { web } = asked;
  const startedAt = toTime(ctx.clock.now());
  try {
    const answer = await ask(ctx, asked);
    if (answer.status < 200 || answer.status > 299) throw new WebMetricError(`received non 2xx response code: ${answer.status}`);
    return { startedAt, finishedAt: toTime(ctx.clock.now()), ...readAnswer(metric, web, answer.body) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failedMeasurement({ startedAt }, error.message, ctx.clock.now());
  }
}

/** A body that is not JSON is judged as the text that it is. */
function readAnswer(metric: Metric, web: WebMetric, body: string): Pick<Measurement, 'phase' | 'message' | 'value'> {
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch {
    return { ...judge(metric, body), value: body };
  }
  try {
    const value = followJsonPath(web.jsonPath ?? '{$}', data);
    return { ...judge(metric, value), value: JSON.stringify(value) };
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return { phase: 'Error', message: `Could not find JSONPath in body: ${error.message}` };
  }
}

async function ask(ctx: SandboxContext, { web, signal }: { web: WebMetric; signal: AbortSignal }): Promise<Answer> {
  const method = web.method ?? 'GET';
  const hasJson = web.jsonBody !== undefined && web.jsonBody !== null;
  if (web.body && hasJson) throw new WebMetricError('use either Body or JSONBody; both cannot exists for WebMetric payload');
  if ((web.body || hasJson) && method === 'GET')
    throw new WebMetricError('Body/JSONBody can only be used with POST or PUT WebMetric Method types');
  const address = resolveWebAddress(ctx, web.url);
  if (address.kind === 'refused') throw new WebMetricError(address.message);
  if (address.kind === 'answer') return address;
  return await send(ctx, { url: address.url, method, web, signal, body: hasJson ? JSON.stringify(web.jsonBody) : (web.body ?? '') });
}

function send(
  ctx: SandboxContext,
  asked: { url: URL; method: string; web: WebMetric; signal: AbortSignal; body: string },
): Promise<Answer> {
  const { url, method, web, signal, body } = asked;
  const headers = Object.fromEntries((web.headers ?? []).map(({ key, value }) => [key, value]));
  if (web.jsonBody !== undefined && web.jsonBody !== null) headers['content-type'] = 'application/json';
  const timeoutMs = (web.timeoutSeconds && web.timeoutSeconds > 0 ? web.timeoutSeconds : DEFAULT_TIMEOUT_S) * 1000;
  return new Promise((resolve, reject) => {
    const options = { method, headers, signal, agent: false as const };
    const outgoing =
      url.protocol === 'https:' ? httpsRequest(url, { ...options, rejectUnauthorized: web.insecure !== true }) : httpRequest(url, options);
    const cancelTimeout = ctx.clock.after(timeoutMs, () =>
      outgoing.destroy(new WebMetricError(`no answer from ${url.host} in ${timeoutMs} ms`)),
    );
    outgoing.on('close', cancelTimeout);
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const parts: Buffer[] = [];
      let size = 0;
      incoming.on('data', (part: Buffer) => {
        size += part.length;
        if (size > LARGEST_ANSWER_BYTES) outgoing.destroy(new WebMetricError(`the answer is larger than ${LARGEST_ANSWER_BYTES} bytes`));
        parts.push(part);
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }));
    });
    outgoing.end(body === '' ? undefined : body);
  });
}
