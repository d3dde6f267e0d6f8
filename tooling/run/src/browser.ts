import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A browser that can be started here. */
export interface Browser {
  executablePath: string;
  /** Arguments that it needs besides Playwright's own. */
  args: readonly string[];
  /** Variables that it needs besides this process's own. */
  env: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const tryTimeoutMs = 30_000;

/**
 * The browser of the journeys: the one that FLOW_CHROMIUM names, one that Playwright has, a system Chromium, or the one that npm brings.
 * Each is taken only if it starts. Throws when none does, and says how to get one.
 */
export async function findBrowser(): Promise<Browser> {
  const named = process.env['FLOW_CHROMIUM'] ?? '';
  if (named !== '') {
    if (await starts({ executablePath: named, args: [], env: {} })) return plain(named);
    throw new Error(`FLOW_CHROMIUM names ${named}, which does not start as a browser`);
  }
  for (const candidate of [playwrightBrowser, systemBrowser, npmBrowser, npmBrowserWithLibraries]) {
    const found = await candidate().catch(() => null);
    if (found !== null && (await starts(found))) return found;
  }
  throw new Error('No Chromium starts on this machine. Install one (Debian: apt-get install chromium) or name one with FLOW_CHROMIUM.');
}

/** The path alone; see `findBrowser`. */
export async function chromiumPath(): Promise<string> {
  return (await findBrowser()).executablePath;
}

async function playwrightBrowser(): Promise<Browser> {
  const { chromium } = await import('@playwright/test');
  return plain(chromium.executablePath());
}

async function systemBrowser(): Promise<Browser | null> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const path of folders.flatMap((folder) => names.map((name) => join(folder, name)))) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return plain(path);
  }
  return null;
}

/** Unpacked once into the folder for temporary files. */
async function npmBrowser(): Promise<Browser> {
  const { default: chromium } = await import('@sparticuz/chromium');
  // The package asks to run everything in one process and to switch web security off; a browser of tests needs neither.
  const args = ['--no-sandbox', '--no-zygote', '--disable-gpu', '--font-render-hinting=none', '--disable-dev-shm-usage'];
  return { executablePath: await chromium.executablePath(), args, env: {} };
}

/** The same with the system libraries that the package brings for machines without them. */
async function npmBrowserWithLibraries(): Promise<Browser> {
  const { inflate } = await import('@sparticuz/chromium');
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  await inflate(join(dirname(entry), '../../bin/al2023.tar.br'));
  const browser = await npmBrowser();
  return { ...browser, env: { LD_LIBRARY_PATH: join(tmpdir(), 'al2023', 'lib') } };
}

/** Whether it can be loaded: a browser whose system libraries are missing cannot say its version either. */
async function starts({ executablePath, env }: Browser): Promise<boolean> {
  return run(executablePath, ['--version'], { timeout: tryTimeoutMs, env: { ...process.env, ...env } }).then(
    () => true,
    () => false,
  );
}

function plain(executablePath: string): Browser {
  return { executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [], env: {} };
}
