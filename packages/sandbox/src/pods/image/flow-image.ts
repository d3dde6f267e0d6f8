import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildImage, ImageBuildError } from './build-image.ts';

const USAGE = 'usage: flow-image build <folder> --name <name> --entry "<command…>" [--digest-file <file>]';

/** The command `flow-image`: builds an image into the store at `imageDir` and prints its digest. Returns the exit code. */
export async function runFlowImage(argv: readonly string[], imageDir: string | undefined): Promise<number> {
  try {
    const { folder, name, entry, digestFile } = read(argv);
    if (imageDir === undefined) throw new ImageBuildError('FLOW_IMAGE_DIR is not set: it is the folder of the image store');
    const digest = await buildImage({ folder, name, entrypoint: splitCommand(entry), imageDir });
    if (digestFile !== undefined) await writeFile(digestFile, `${digest}\n`);
    process.stdout.write(`${digest}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`flow-image: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ImageBuildError ? 2 : 1;
  }
}

function read(argv: readonly string[]): { folder: string; name: string; entry: string; digestFile: string | undefined } {
  const parsed = parse(argv);
  const [verb, folder] = parsed.positionals;
  const { name, entry, 'digest-file': digestFile } = parsed.values;
  if (verb !== 'build' || folder === undefined || name === undefined || entry === undefined || parsed.positionals.length > 2) {
    throw new ImageBuildError(USAGE);
  }
  return { folder, name, entry, digestFile };
}

function parse(argv: readonly string[]): ReturnType<typeof parseOptions> {
  try {
    return parseOptions(argv);
  } catch (error) {
    throw new ImageBuildError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function parseOptions(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { name: { type: 'string' }, entry: { type: 'string' }, 'digest-file': { type: 'string' } },
  });
}

/** Splits a command at spaces; double or single quotes keep a part together. Throws `ImageBuildError` for an open quote. */
export function splitCommand(command: string): string[] {
  const parts: string[] = [];
  const pattern = /\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))(?=\s|$)/y;
  const end = command.trimEnd().length;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const found = pattern.exec(command);
    if (found === null) throw new ImageBuildError(`--entry cannot be split at: ${command.slice(from).trim()}`);
    parts.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return parts;
}
