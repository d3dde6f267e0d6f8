import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkArrows } from './arrows.ts';
import { checkDocPaths } from './doc-paths.ts';
import { checkPrismaModels } from './prisma-models.ts';
import { checkReadmes } from './readmes.ts';
import type { Check } from './repository.ts';
import { checkStructure } from './structure.ts';

const checks: Readonly<Record<string, Check>> = {
  arrows: checkArrows,
  structure: checkStructure,
  'prisma-models': checkPrismaModels,
  readmes: checkReadmes,
  'doc-paths': checkDocPaths,
};

/** `node main.ts [--root <folder>] [name…]`: runs the named checks (all without a name), prints what they find, exits 1 when there is anything. */
function main(): void {
  const { values, positionals } = parseArgs({ options: { root: { type: 'string' } }, allowPositionals: true });
  const root = path.resolve(values.root ?? path.join(import.meta.dirname, '../../../..'));
  let findingCount = 0;
  for (const name of positionals.length === 0 ? Object.keys(checks) : positionals) {
    const check = checks[name];
    if (check === undefined) throw new Error(`There is no check "${name}": use ${Object.keys(checks).join(', ')}.`);
    for (const finding of check(root)) {
      findingCount += 1;
      console.log(`${name}: ${finding.where}: ${finding.message}`);
    }
  }
  process.exitCode = findingCount > 0 ? 1 : 0;
}

main();
