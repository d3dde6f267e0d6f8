import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const source = fileURLToPath(new URL('opa/', import.meta.url));

/** OPA in Go with one prepared query, in a process of its own. */
export interface Opa extends AsyncDisposable {
  /** Processor time of one decision, over so many. */
  microseconds(input: unknown, count: number): Promise<number>;
  /** The same query as WebAssembly. */
  compile(): Promise<Buffer>;
}

/** Builds OPA from its Go module and prepares a query; null on a machine without Go. */
export async function openOpa(rego: string, query: string): Promise<Opa | null> {
  const hasGo = await run('go', ['version']).then(
    () => true,
    () => false,
  );
  if (!hasGo) return null;
  const folder = await mkdtemp(join(tmpdir(), 'flow-bench-opa-'));
  await writeFile(join(folder, 'flow.rego'), rego);
  await run('go', ['build', '-o', join(folder, 'opa'), '.'], { cwd: source, env: { ...process.env, CGO_ENABLED: '0' } });
  const [program, module, wasm] = [join(folder, 'opa'), join(folder, 'flow.rego'), join(folder, 'flow.wasm')];
  const child = spawn(program, [module, query], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('OPA ended: why stands above');
    return line.value;
  };
  await next();
  return {
    async microseconds(input, count) {
      child.stdin.write(`${JSON.stringify({ input, count })}\n`);
      return Number(await next());
    },
    async compile() {
      await run(program, [module, query, wasm]);
      return readFile(wasm);
    },
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A module beside this file. */
export function readRego(name: string): Promise<string> {
  return readFile(join(source, name), 'utf8');
}
