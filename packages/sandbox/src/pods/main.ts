import { readImageDir } from './env.ts';
import { runFlowImage } from './image/flow-image.ts';

process.exitCode = await runFlowImage(process.argv.slice(2), readImageDir());
