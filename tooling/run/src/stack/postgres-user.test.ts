import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canShowAnotherUser, postgresWrapper } from './postgres-user.ts';

async function aFolder(mode: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-user-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, mode);
  return folder;
}

const at = (folder: string) => ({ program: '/', data: join(folder, 'postgres') });

test('an ordinary user starts PostgreSQL as it is, wherever the folders are', async () => {
  expect(await postgresWrapper(at(await aFolder(0o700)), 1000)).toEqual([]);
});

test('root starts it as it is where every user may enter', async () => {
  expect(await postgresWrapper(at(join(await aFolder(0o755), 'not', 'yet', 'there')), 0)).toEqual([]);
});

test('below a private folder, root starts it under another number, or is told what to do', async () => {
  const folder = await aFolder(0o700);
  const wrapper = postgresWrapper(at(folder), 0);
  if (await canShowAnotherUser()) expect(await wrapper).toEqual(['unshare', '--user', '--map-user=65534', '--map-group=65534']);
  else await expect(wrapper).rejects.toThrow(`the user postgres cannot enter ${folder}`);
});

test.runIf(process.getuid?.() === 0 && (await canShowAnotherUser()))('data that is there is opened by the user who made it', async () => {
  const folder = await aFolder(0o755);
  await mkdir(join(folder, 'postgres'), { mode: 0o700 });
  expect(await postgresWrapper(at(folder), 0)).toContain('unshare');
  await chown(join(folder, 'postgres'), 70, 70);
  expect(await postgresWrapper(at(folder), 0)).toEqual([]);
});
