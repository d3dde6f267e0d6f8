import { runFlow } from './stack/run-flow.ts';

process.exitCode = await runFlow(process.argv.slice(2), { isDevelopment: false });
// Signals that came while it ended must not keep it.
process.exit();
