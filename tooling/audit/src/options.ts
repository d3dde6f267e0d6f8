import { parseArgs } from 'node:util';

export interface VerifyOptions {
  /** Slug of a tenant, or `platform`; all chains when absent. */
  tenant: string | undefined;
  /** Files with signed ends of chains that were kept elsewhere. */
  checkpointFiles: readonly string[];
  /** Public key of the checkpoints; absent: that of FLOW_AUDIT_KEY. */
  publicKey: string | undefined;
  /** An export to look at in place of the database. */
  exportFile: string | undefined;
}

export type ReadOptions = { ok: true; options: VerifyOptions } | { ok: false; message: string; isHelp: boolean };

const usage = `pnpm audit:verify [options]

  --tenant SLUG        one chain: of a tenant, or "platform"; otherwise all of them
  --checkpoints FILE   signed ends of chains that were kept outside of the database; can be given several times
  --key PUBLIC         public key of the checkpoints (flow-audit+…); otherwise that of FLOW_AUDIT_KEY
  --export FILE        looks at an export (JSON lines) instead of the database
  --help               this text

The database is DATABASE_URL, or the embedded one of a running "pnpm start". Exit code 0: all holds. 1: something does not. 2: it could not be looked at.`;

/** Reads the command line. */
export function readOptions(argv: readonly string[]): ReadOptions {
  try {
    const { values } = parseArgs({
      // pnpm hands the separator on.
      args: argv.filter((word) => word !== '--'),
      options: {
        tenant: { type: 'string' },
        checkpoints: { type: 'string', multiple: true },
        key: { type: 'string' },
        export: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { ok: false, message: usage, isHelp: true };
    const { tenant, checkpoints = [], key, export: exportFile } = values;
    return { ok: true, options: { tenant, checkpointFiles: checkpoints, publicKey: key, exportFile } };
  } catch (error) {
    return { ok: false, message: `${error instanceof Error ? error.message : String(error)}\n\n${usage}`, isHelp: false };
  }
}
