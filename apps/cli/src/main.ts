#!/usr/bin/env node
import { ownEnvironment } from './env.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), {
  env: ownEnvironment(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
