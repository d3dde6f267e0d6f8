import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { workspacesOf } from '../checks/repository.ts';

const repository = path.resolve(import.meta.dirname, '../../../..');
const rootFiles = [
  '.oxlintrc.json',
  '.oxfmtrc.json',
  '.gitignore',
  'knip.json',
  'turbo.json',
  'package.json',
  'pnpm-workspace.yaml',
  'pnpm-lock.yaml',
];
const packageFiles = ['package.json', 'turbo.json', 'tsconfig.json'];

/** How a command ended: its exit code, and all that it printed. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A copy of the workspace's configuration without its code, in a folder that goes away with it. */
export interface TemporaryWorkspace extends Disposable {
  readonly root: string;
  write(file: string, text: string): void;
  /** Runs one of the workspace's own tools from the copy's root. */
  run(program: string, ...args: readonly string[]): Promise<Ended>;
}

function copyIfThere(root: string, file: string): void {
  const source = path.join(repository, file);
  if (existsSync(source)) cpSync(source, path.join(root, file), { recursive: true });
}

function linkIfThere(root: string, folder: string): void {
  const source = path.join(repository, folder);
  if (existsSync(source)) symlinkSync(source, path.join(root, folder));
}

function run(root: string, command: readonly [string, ...string[]]): Promise<Ended> {
  const [program, ...args] = command;
  const bin = path.join(repository, 'node_modules/.bin');
  const env = {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** Makes the copy: root configuration, manifests, the lint rules themselves, and links to what is installed. */
export function temporaryWorkspace(): TemporaryWorkspace {
  const root = mkdtempSync(path.join(tmpdir(), 'flow-planted-'));
  for (const file of rootFiles) copyIfThere(root, file);
  linkIfThere(root, 'node_modules');
  for (const { folder } of workspacesOf(repository)) {
    mkdirSync(path.join(root, folder), { recursive: true });
    for (const file of packageFiles) copyIfThere(root, `${folder}/${file}`);
    linkIfThere(root, `${folder}/node_modules`);
  }
  for (const file of ['base.json', 'react.json']) copyIfThere(root, `tooling/tsconfig/${file}`);
  for (const folder of ['rules', 'checks', 'plugin.ts']) copyIfThere(root, `tooling/lint/src/${folder}`);
  return {
    root,
    write(file, text) {
      mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    },
    run: (program, ...args) => run(root, [program, ...args]),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
