import { defineRule, onImport } from '../ast.ts';
import { placeOf, type Place } from '../place.ts';

interface Ban {
  readonly workspace: string;
  readonly source: RegExp;
  /** Below these folders of `src` it is allowed. */
  readonly except?: RegExp;
  readonly message: string;
}

const prisma = /^(?:@prisma\/.*|prisma)$|\/generated\//;

/** What turbo's tags cannot say: arrows to libraries and to parts of a package. */
const bans: readonly Ban[] = [
  {
    workspace: 'packages/core',
    source: /^(?!\.{1,2}\/|zod$|yaml$|@marcbachmann\/cel-js$|rrule-temporal$|temporal-polyfill$|ical\.js$|node:)/,
    message: 'core imports only zod, yaml, the expression engine and the calendar libraries',
  },
  { workspace: 'packages/api', source: prisma, message: 'a router reads by the query functions of @flow/db and writes by operations' },
  {
    workspace: 'packages/api',
    source: /^pg$/,
    except: /^(?:hub|stream|live|events?)\//,
    message: 'only the hub holds a connection (for LISTEN)',
  },
  { workspace: 'packages/operations', source: prisma, message: 'an operation reads and writes by @flow/db' },
  { workspace: 'packages/operations', source: /^pg$/, message: 'an operation reads and writes by @flow/db' },
  { workspace: 'apps/web', source: prisma, message: 'the portal reads and writes by @flow/api' },
  {
    workspace: 'apps/web',
    source: /^(?:pg$|@flow\/(?:db|operations|delivery|sandbox|worker)(?:\/|$))/,
    message: 'the portal reads and writes by @flow/api',
  },
  { workspace: 'apps/worker', source: prisma, message: 'the worker reads and writes by @flow/db and operations' },
];

/** Every package: its concepts are its doors. */
const rootBarrel = /^@flow\/(?!tsconfig$)[^/]+$/;

function applies(ban: Ban, place: Place, source: string): boolean {
  return ban.workspace === place.workspace && ban.source.test(source) && !(ban.except?.test(place.inSource) ?? false);
}

/** Arrows of the architecture that concern libraries, entry points and the database. */
export const layerImports = defineRule('A layer reaches only what the architecture gives it.', (context) => {
  const place = placeOf(context.filename);
  return onImport(({ source, node }) => {
    if (rootBarrel.test(source))
      context.report({ node, message: `Import a concept ("${source}/<concept>"), not the whole of "${source}".` });
    if (place.isTest || place.inSource === '') return;
    for (const ban of bans)
      if (applies(ban, place, source)) context.report({ node, message: `"${source}" is out of reach here: ${ban.message}.` });
  });
});
