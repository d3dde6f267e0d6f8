import { get } from 'node:http';
import type { ClientRequest } from 'node:http';

/** Open live streams of people's pages, read as a browser reads them. */
export interface Viewers {
  /** Called for each frame of each viewer with its text. */
  onFrame(listener: (viewer: number, data: string) => void): void;
  close(): void;
}

/** Opens a stream for each cookie and resolves when all of them have been greeted. */
export async function openViewers(url: string, options: { cookies: readonly string[]; tenant: string; topics: string }): Promise<Viewers> {
  const listeners: ((viewer: number, data: string) => void)[] = [];
  const requests: ClientRequest[] = [];
  const path = `${url}/api/stream?${new URLSearchParams({ tenant: options.tenant, topics: options.topics }).toString()}`;
  const greeted = options.cookies.map(
    (cookie, viewer) =>
      new Promise<void>((resolve, reject) => {
        const request = get(path, { headers: { cookie, accept: 'text/event-stream' }, agent: false }, (response) => {
          if (response.statusCode !== 200) return reject(new Error(`a stream was answered with ${String(response.statusCode)}`));
          let rest = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            const blocks = `${rest}${piece}`.split('\n\n');
            rest = blocks.pop() ?? '';
            for (const block of blocks) {
              if (block.includes('event: hello')) resolve();
              const data = /^data: (.*)$/m.exec(block)?.[1];
              if (data !== undefined && !block.includes('event: ')) for (const listener of listeners) listener(viewer, data);
            }
          });
          response.on('error', () => undefined);
        });
        request.on('error', reject);
        requests.push(request);
      }),
  );
  await Promise.all(greeted);
  return {
    onFrame: (listener) => void listeners.push(listener),
    close() {
      for (const request of requests) request.destroy();
    },
  };
}
