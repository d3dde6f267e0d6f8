import { join } from 'node:path';
import { clusterEnvironment } from '../env.ts';

/** How Go is called for everything here: no C, the sums as they are committed, no other toolchain, its cache beside the programs. */
export function goSettings(): Record<string, string> {
  return {
    CGO_ENABLED: '0',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-mod=readonly -buildvcs=false',
    GOWORK: 'off',
    GOCACHE: join(clusterEnvironment().cacheDir, 'go-build'),
  };
}
