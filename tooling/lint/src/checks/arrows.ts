import { workspacesOf, type Check } from './repository.ts';

/** Who may depend on whom, directly; the same picture as in docs/architecture.md. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'apps/web': ['api', 'ui', 'core', 'telemetry'],
  'apps/worker': ['operations', 'delivery', 'db', 'core', 'telemetry'],
  // db and operations for its tests only, which ask a whole API over a real database.
  'apps/cli': ['api', 'core', 'operations', 'db'],
  'packages/api': ['operations', 'db', 'core', 'delivery', 'telemetry'],
  'packages/operations': ['db', 'core'],
  'packages/core': [],
  'packages/delivery': ['core', 'telemetry'],
  'packages/db': ['core', 'telemetry'],
  'packages/ui': [],
  'packages/sandbox': [],
  'packages/telemetry': [],
};

/** Configuration that any package may build on. */
const everywhere: ReadonlySet<string> = new Set(['@flow/tsconfig', '@flow/lint']);

/** A package declares only the packages below it. (turbo refuses an import that is not declared.) */
export const checkArrows: Check = (root) =>
  workspacesOf(root).flatMap(({ folder, manifest }) => {
    const isProduct = folder.startsWith('apps/') || folder.startsWith('packages/');
    if (!isProduct) return [];
    const allowed = arrows[folder];
    const where = `${folder}/package.json`;
    if (allowed === undefined)
      return [
        {
          where,
          message: 'a package that no arrow leads to: add it to the arrows (docs/architecture.md, tooling/lint/src/checks/arrows.ts)',
        },
      ];
    return manifest.dependencies
      .filter((name) => name.startsWith('@flow/') && !everywhere.has(name) && !allowed.includes(name.slice('@flow/'.length)))
      .map((name) => ({ where, message: `depends on ${name}; allowed: ${allowed.join(', ') || 'nothing of ours'}` }));
  });
