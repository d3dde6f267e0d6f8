import { Agent, get } from 'node:http';
import { nowMs } from '../clock.ts';
import { median, percentile } from '../measure.ts';
import { cpuMs } from '../process.ts';

/** Something that is asked for again and again. */
export interface Question {
  url: string;
  /** Process that answers. */
  pid: number;
  path: string;
  /** So often in a round. */
  count: number;
  /** Stands in the answer once for each row that it must have at least. */
  mark: { text: string; least: number };
}

/** A round of answers; times in milliseconds. */
export interface Round {
  times: number[];
  p50: number;
  p99: number;
  /** Processor time of the server for one answer. */
  cpuMicroseconds: number;
  /** Length of an answer as it is before it is compressed. */
  bytes: number;
}

/** Asks on one connection, one question after the other. Refuses an answer with less rows than it must have. */
export async function askMany({ url, pid, path, count, mark }: Question): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  let bytes = 0;
  const before = await cpuMs(pid);
  for (let asked = 0; asked < count; asked += 1) {
    const start = nowMs();
    const answer = await read(`${url}${path}`, agent);
    times.push(nowMs() - start);
    if (asked > 0) continue;
    bytes = Buffer.byteLength(answer);
    if (answer.split(mark.text).length <= mark.least) throw new Error(`${url}${path} answered with too little: ${answer.slice(0, 200)}`);
  }
  agent.destroy();
  const cpuMicroseconds = ((await cpuMs(pid)) - before) * (1_000 / count);
  return { times, p50: median(times), p99: percentile(times, 99), cpuMicroseconds, bytes };
}

function read(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answered ${String(response.statusCode)}: ${text.slice(0, 200)}`));
      });
    }).on('error', reject);
  });
}
