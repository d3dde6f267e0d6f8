import { clusterPurposes } from '@flow/core/cluster';
import { accessManifest } from '@flow/delivery/access';

const words = process.argv.slice(2).filter((word) => word !== '--');
const purposes = clusterPurposes.filter((purpose) => words.length === 0 || words.includes(purpose));
const unknown = words.filter((word) => !clusterPurposes.some((purpose) => purpose === word));

if (unknown.length > 0) {
  process.stderr.write(`pnpm --silent cluster-access [${clusterPurposes.join('] [')}]: there is no purpose ${unknown.join(', ')}\n`);
  process.exitCode = 2;
} else process.stdout.write(accessManifest(purposes));
