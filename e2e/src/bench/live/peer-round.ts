import { get } from 'node:http';
import type { ClientRequest } from 'node:http';
import { changeAndWait } from './canary-rounds.ts';
import type { StandingCanary } from './canary.ts';
import { createSightings } from './sightings.ts';

/** A stream of one of Argo's own servers: a line of JSON for each change. */
export interface PeerStream {
  /** Where it is read. */
  url: string;
  /** What a line says about the state that is changed; undefined when it is about something else. */
  heldOf(line: string): boolean | undefined;
}

/** A round of a peer: the same changes as they come to so many open streams of it. Latencies in milliseconds. */
export async function peerRound(changed: Pick<StandingCanary, 'setHeld'>, stream: PeerStream, viewersCount: number): Promise<number[]> {
  const sightings = createSightings(viewersCount);
  const requests: ClientRequest[] = [];
  const open = (viewer: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = get(stream.url, { headers: { accept: 'text/event-stream' }, agent: false }, (response) => {
        if (response.statusCode !== 200) return reject(new Error(`${stream.url} was answered with ${String(response.statusCode)}`));
        let rest = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          const lines = `${rest}${piece}`.split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            const isHeld = stream.heldOf(line.replace(/^data: /, ''));
            if (isHeld === undefined) continue;
            // The first thing that each is told is how it stands.
            resolve();
            sightings.see(viewer, isHeld);
          }
        });
        response.on('error', () => undefined);
      });
      request.on('error', reject);
      requests.push(request);
    });
  try {
    await Promise.all(Array.from({ length: viewersCount }, (_, viewer) => open(viewer)));
    return await changeAndWait(changed, sightings);
  } finally {
    for (const request of requests) request.destroy();
  }
}
