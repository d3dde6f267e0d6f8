import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { demoWebhook } from './context.ts';
import type { SeedContext } from './context.ts';

const run = promisify(execFile);
const template = fileURLToPath(new URL('../demo-service', import.meta.url));
const hookSource = fileURLToPath(new URL('../hook/post-receive.mjs', import.meta.url));

const identity = [
  '-c',
  'user.name=Dora Developer',
  '-c',
  'user.email=dora@flow.demo',
  '-c',
  'commit.gpgsign=false',
  '-c',
  'init.defaultBranch=main',
];

/** Makes the bare repository of the demo service with its first commit. */
export async function prepareRepository(repository: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'flow-demo-'));
  try {
    await cp(template, work, { recursive: true });
    const git = (...args: string[]) => run('git', [...identity, '-C', work, ...args]);
    await git('init', '--quiet');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Price a cart');
    await mkdir(dirname(repository), { recursive: true });
    await run('git', ['clone', '--quiet', '--bare', work, repository]);
    // A step fetches single commits.
    await run('git', ['-C', repository, 'config', 'uploadpack.allowAnySHA1InWant', 'true']);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The newest commit of the main branch. */
export async function headOf(repository: string): Promise<string> {
  return (await run('git', ['-C', repository, 'rev-parse', 'refs/heads/main'])).stdout.trim();
}

/** Where the seed keeps what signs the calls of the hook. */
export function webhookSecretPath({ stateDir }: Pick<SeedContext, 'stateDir'>): string {
  return join(stateDir, 'demo-webhook-secret');
}

/** Whether an earlier start has made the demo from this folder. */
export function hasWebhookSecret(context: Pick<SeedContext, 'stateDir'>): Promise<boolean> {
  return access(webhookSecretPath(context)).then(
    () => true,
    () => false,
  );
}

/** Lets pushes to the repository call the webhook of Flow at its address of this start. */
export async function writeHook(context: SeedContext, repository: string): Promise<void> {
  const secret = (await readFile(webhookSecretPath(context), 'utf8')).trim();
  const settings = { url: `${context.publicUrl}/api/webhooks/git/${demoWebhook}`, secret };
  await writeFile(join(repository, 'flow-webhook.json'), JSON.stringify(settings), { mode: 0o600 });
  await cp(hookSource, join(repository, 'hooks', 'post-receive.mjs'));
  const hook = join(repository, 'hooks', 'post-receive');
  await writeFile(hook, `#!/bin/sh\nexec "${process.execPath}" "$(dirname "$0")/post-receive.mjs"\n`);
  await chmod(hook, 0o755);
}
