import { parseArgs } from 'node:util';
import { z } from 'zod';

/** What a person asked for on the command line. */
export interface StartOptions {
  /** Absent: 3000, or the next free one. */
  port: number | undefined;
  isDemo: boolean;
  isReset: boolean;
  /** A kubeconfig: the demo uses its clusters, one for each context, in place of the sandbox. */
  kubeconfigPath: string | undefined;
  isVerbose: boolean;
}

export type ReadOptions = { ok: true; options: StartOptions } | { ok: false; message: string; isHelp: boolean };

const port = z.coerce.number().int().min(1024).max(65_535);

const usage = `pnpm start [options]

  --port PORT        address of the portal on 127.0.0.1 (3000, or the next free one)
  --reset            deletes what earlier starts kept, then starts anew
  --kubeconfig FILE  the demo on the clusters of this file, one for each context, in place of the sandbox
  --no-demo          without demo, sandbox clusters and known passwords: set FLOW_SECRET and FLOW_ENCRYPTION_KEY
  --verbose          shows every line of every process
  --help             this text`;

/** Reads the command line of `pnpm start` and `pnpm dev`. */
export function readOptions(argv: readonly string[]): ReadOptions {
  try {
    const { values } = parseArgs({
      // pnpm hands the separator on.
      args: argv.filter((word) => word !== '--'),
      options: {
        port: { type: 'string' },
        reset: { type: 'boolean', default: false },
        kubeconfig: { type: 'string' },
        demo: { type: 'boolean', default: true },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
      allowNegative: true,
    });
    if (values.help) return { ok: false, message: usage, isHelp: true };
    const wanted = values.port === undefined ? undefined : port.safeParse(values.port);
    if (wanted?.success === false)
      return { ok: false, message: `--port takes a number from 1024 to 65535; got "${values.port ?? ''}"`, isHelp: false };
    const { demo: isDemo, reset: isReset, kubeconfig: kubeconfigPath, verbose: isVerbose } = values;
    if (kubeconfigPath !== undefined && !isDemo)
      return { ok: false, message: '--kubeconfig is for the demo: without it, clusters are connected in the portal', isHelp: false };
    return { ok: true, options: { port: wanted?.data, isDemo, isReset, kubeconfigPath, isVerbose } };
  } catch (error) {
    return { ok: false, message: `${error instanceof Error ? error.message : String(error)}\n\n${usage}`, isHelp: false };
  }
}
