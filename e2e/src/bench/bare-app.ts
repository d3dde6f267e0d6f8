import { spawn } from 'node:child_process';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@flow/db/embedded';
import { pause } from './clock.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const web = join(root, 'apps/web');

/** The least that a page of this kind can be: Next with a client of tRPC and TanStack Query that shows one answer. */
const sources: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "bare", "private": true, "type": "module" }\n',
  'next.config.mjs': `export default { turbopack: { root: ${JSON.stringify(root)} }, poweredByHeader: false, devIndicators: false };\n`,
  'app/layout.jsx': `export const dynamic = 'force-dynamic';
export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
  'app/page.jsx': `import { Client } from './client.jsx';
export default function Page() {
  return <Client />;
}
`,
  'app/client.jsx': `'use client';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { useState } from 'react';

function Answer({ trpc }) {
  const answer = useQuery(trpc.hello.queryOptions());
  return <h1>{answer.data ?? 'Hello'}</h1>;
}

export function Client() {
  const [{ queryClient, trpc }] = useState(() => {
    const queryClient = new QueryClient();
    const client = createTRPCClient({ links: [httpBatchLink({ url: '/api/trpc' })] });
    return { queryClient, trpc: createTRPCOptionsProxy({ client, queryClient }) };
  });
  return <QueryClientProvider client={queryClient}><Answer trpc={trpc} /></QueryClientProvider>;
}
`,
};

/** A running production server of the bare app. */
export interface BareApp extends AsyncDisposable {
  url: string;
  pid: number;
}

/** Writes and builds the bare app unless this very one is built already, and starts it. */
export async function startBareApp(): Promise<BareApp> {
  const next = createRequire(join(web, 'package.json')).resolve('next/dist/bin/next');
  const folder = await build(next);
  const port = await freePort();
  const server = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (server.exitCode !== null) throw new Error(`the bare app ended with ${server.exitCode}`);
    await pause(100);
  }
  return {
    url,
    pid: server.pid ?? 0,
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await gone;
    },
  };
}

/** The name of the folder holds the sources and the versions, so that another app is built when one of them is another. */
async function build(next: string): Promise<string> {
  const lock = await readFile(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const hash = createHash('sha256').update(JSON.stringify(sources)).update(lock).digest('hex').slice(0, 16);
  const folder = join(root, 'e2e/test-results', `bare-app-${hash}`);
  if ((await readFile(join(folder, '.next/BUILD_ID'), 'utf8').catch(() => '')) !== '') return folder;
  await mkdir(join(folder, 'app'), { recursive: true });
  for (const [name, text] of Object.entries(sources)) await writeFile(join(folder, name), text);
  await symlink(join(web, 'node_modules'), join(folder, 'node_modules')).catch(() => undefined);
  await run(process.execPath, [next, 'build'], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  return folder;
}
