import { runFlow } from './stack/run-flow.ts';

process.exitCode = await runFlow(process.argv.slice(2), { isDevelopment: true });
process.exit();
