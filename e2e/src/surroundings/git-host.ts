import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Serves the bare repositories of a folder for clones and fetches, by git's own program for it; pushes are refused. */
export function createGitHost(folder: string): (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> {
  return async (request, response, path) => {
    const { search } = new URL(request.url ?? '/', 'http://git');
    const program = spawn('git', ['http-backend'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        NODE_ENV: 'production',
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'],
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
        HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        // Repositories of another user of this machine may be read, as they would be over a network.
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
      },
    });
    request.pipe(program.stdin);
    // A client that left breaks the pipe.
    program.stdin.on('error', () => undefined);
    const parts: Buffer[] = [];
    program.stdout.on('data', (part: Buffer) => parts.push(part));
    await once(program, 'close');
    answer(response, Buffer.concat(parts));
  };
}

/** What the program wrote is headers, an empty line and the body; the status is one of the headers, 200 when there is none. */
function answer(response: ServerResponse, written: Buffer): void {
  const end = written.indexOf('\r\n\r\n');
  const headers = written
    .subarray(0, Math.max(0, end))
    .toString('latin1')
    .split('\r\n')
    .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  const status = Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
  response.writeHead(end < 0 ? 502 : status, Object.fromEntries(headers.filter(([name]) => name !== 'Status' && name !== '')));
  response.end(end < 0 ? '' : written.subarray(end + 4));
}
