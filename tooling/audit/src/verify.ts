import { readFile } from 'node:fs/promises';
import { readCheckpoints } from '@flow/core/audit';
import type { Checkpoint } from '@flow/core/audit';
import { createDatabase } from '@flow/db/client';
import type { CheckpointVerifier } from '@flow/operations/audit';
import { readOptions } from './options.ts';
import type { VerifyOptions } from './options.ts';
import { databaseUrl, NotLookedAt, verifierOf } from './settings.ts';
import { verifyDatabase } from './verify-database.ts';
import { verifyExport } from './verify-export.ts';
import type { Found } from './verify-export.ts';

// `pnpm audit:verify`: names the first entry of each chain that does not hold.
process.exitCode = await run(process.argv.slice(2));

async function run(argv: readonly string[]): Promise<number> {
  const read = readOptions(argv);
  if (!read.ok) {
    (read.isHelp ? process.stdout : process.stderr).write(`${read.message}\n`);
    return read.isHelp ? 0 : 2;
  }
  try {
    const verifier = await verifierOf(process.env, read.options.publicKey);
    const kept = await keptHeads(read.options, verifier);
    if (verifier === null)
      process.stdout.write('No key is known, so signed ends are not looked at: a chain that was written anew would not be found.\n');
    else process.stdout.write(`Signed ends are those of ${verifier.text}\n`);
    return await look(read.options, { kept, verifier });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function look(
  options: VerifyOptions,
  against: { kept: readonly Checkpoint[]; verifier: CheckpointVerifier | null },
): Promise<number> {
  if (options.exportFile !== undefined) {
    const found = await verifyExport(options.exportFile, against);
    return tell(options.exportFile, found) ? 0 : 1;
  }
  const db = createDatabase(await databaseUrl(process.env), 2);
  try {
    let doAllHold = true;
    for await (const found of verifyDatabase(db, { tenant: options.tenant, ...against })) doAllHold = tell(found.name, found) && doAllHold;
    return doAllHold ? 0 : 1;
  } finally {
    await db.close();
  }
}

function tell(name: string, { heldCount, signedCount, fault }: Found): boolean {
  const signed = `${signedCount} signed end${signedCount === 1 ? '' : 's'}`;
  process.stdout.write(
    fault === null
      ? `${name}: ${heldCount} entries hold, with ${signed}\n`
      : `${name}: DOES NOT HOLD from entry ${fault.seq} on. ${fault.sentence}\n`,
  );
  return fault === null;
}

/** The signed ends in the files that were given. One that this key has not signed would prove nothing, so it stops the walk. */
async function keptHeads({ checkpointFiles }: VerifyOptions, verifier: CheckpointVerifier | null): Promise<Checkpoint[]> {
  const texts = await Promise.all(checkpointFiles.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
  return texts.flatMap(({ path, text }) => {
    const signed = readCheckpoints(text);
    if (signed.length === 0) throw new NotLookedAt(`There is no checkpoint in ${path}`);
    const foreign = signed.find((one) => verifier?.holds(one) !== true);
    if (foreign !== undefined)
      throw new NotLookedAt(
        `The checkpoint of ${foreign.checkpoint.tenantId} at ${foreign.checkpoint.seq} in ${path} is not signed by this key`,
      );
    return signed.map((one) => one.checkpoint);
  });
}
