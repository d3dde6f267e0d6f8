import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildImage } from './build-image.ts';
import { splitCommand } from './flow-image.ts';
import { findImage } from './image-store.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flow-image-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function aFolder(name: string, files: Record<string, string>): string {
  const folder = join(root, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const build = async (folder: string, rest: object = {}): Promise<string> =>
  buildImage({ folder, name: 'demo', entrypoint: ['node', 'a.js'], imageDir: join(root, 'images'), ...rest });

describe('building images', () => {
  test('the same files, name and entrypoint give the same digest, whatever their order, times and history', async () => {
    const first = aFolder('one', { 'a.js': '1', 'lib/b.js': '2', '.git/HEAD': 'x' });
    const second = aFolder('two', { 'lib/b.js': '2', 'a.js': '1' });
    utimesSync(join(second, 'a.js'), 1, 1);
    expect(await build(first)).toBe(await build(second));
  });

  test.each([
    ['a file', { 'a.js': 'other' }, {}],
    ['the name', {}, { name: 'other' }],
    ['the entrypoint', {}, { entrypoint: ['node', 'b.js'] }],
  ])('%s changes the digest', async (_what, files, rest) => {
    const digest = await build(aFolder('one', { 'a.js': '1' }));
    expect(await build(aFolder('two', { 'a.js': '1', ...files }), rest)).not.toBe(digest);
  });

  test('a file that can be executed is another file', async () => {
    const folder = aFolder('one', { 'a.js': '1' });
    const digest = await build(folder);
    chmodSync(join(folder, 'a.js'), 0o755);
    expect(await build(folder)).not.toBe(digest);
  });

  test('the store holds the files, links inside them, and no half-made image', async () => {
    const folder = aFolder('one', { 'a.js': '1', '.git/HEAD': 'x' });
    symlinkSync('a.js', join(folder, 'link.js'));
    const [digest] = await Promise.all([build(folder), build(folder)]);
    const found = findImage(join(root, 'images'), `any/name@${digest}`);
    if (found.kind !== 'stored') throw new Error(found.kind);
    expect(readFileSync(join(found.image.folder, 'link.js'), 'utf8')).toBe('1');
    expect(existsSync(join(found.image.folder, '.git'))).toBe(false);
    expect(readdirSync(join(root, 'images/sha256')).length).toBe(2);
  });

  test.each(['/etc/passwd', '../outside', 'sub/../../outside'])('a link to %s is refused', async (target) => {
    const folder = aFolder('one', { 'a.js': '1' });
    symlinkSync(target, join(folder, 'bad'));
    await expect(build(folder)).rejects.toThrow(`bad is a link to ${target}, outside the folder`);
  });

  test('a folder that is none, a name with other characters and an empty entrypoint are refused', async () => {
    await expect(build(join(root, 'none'))).rejects.toThrow('is not a folder');
    await expect(build(root, { name: 'A b' })).rejects.toThrow('is not an image name');
    await expect(build(root, { entrypoint: [] })).rejects.toThrow('the entrypoint is empty');
  });
});

describe('the command flow-image', () => {
  const bin = fileURLToPath(new URL('../../../bin/flow-image', import.meta.url));

  test('prints the digest, and writes it to a file', () => {
    const folder = aFolder('one', { 'a.js': '1' });
    const args = [bin, 'build', folder, '--name', 'demo', '--entry', 'node a.js', '--digest-file', join(root, 'digest')];
    const printed = execFileSync(process.execPath, args, { env: { FLOW_IMAGE_DIR: join(root, 'images') }, encoding: 'utf8' });
    expect(printed).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(readFileSync(join(root, 'digest'), 'utf8')).toBe(printed);
  });

  test('says how it is used when it is used wrongly', () => {
    const { status, stderr } = spawnSync(process.execPath, [bin, 'make'], { env: {}, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('usage: flow-image build') });
  });

  test('splits a command at spaces outside quotes', () => {
    expect(splitCommand(`node  "a b.js" --x='1 2' 'c'`.replace(`--x='1 2' `, ''))).toEqual(['node', 'a b.js', 'c']);
    expect(() => splitCommand('node "a')).toThrow('--entry cannot be split at: "a');
  });
});
