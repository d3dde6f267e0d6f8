import { latencyLine, watchRound } from '../live/canary-rounds.ts';
import { prepareCanary } from '../live/canary.ts';
import { kubeconfigPath, rounds } from '../env.ts';
import { alternate } from '../measure.ts';
import { logIn, startProduct } from '../product.ts';
import type { Row } from '../result.ts';
import { streamRound } from '../live/stream-round.ts';

const viewersCount = 50;

/** L1: from the PATCH on a Rollout to the message at each of fifty open streams, beside a bare watch of the same API server. */
export const liveStream: Row = {
  name: 'L1',
  async run() {
    await using product = await startProduct();
    const cookies = await Promise.all(['adam', 'rita', 'dora'].map((person) => logIn(product.url, `${person}@flow.demo`)));
    await using canary = await prepareCanary(product, cookies[0] ?? '', kubeconfigPath);
    const flowRound = (): Promise<number[]> => streamRound(canary, { url: product.url, cookies, viewersCount });
    const both = await alternate({ peer: () => watchRound(canary), flow: flowRound }, rounds);
    return [
      latencyLine(both, {
        row: 'L1',
        what: 'Change of a Rollout → 50 streams, median',
        share: 50,
        goal: '≤ peer + 15 ms',
        isMet: (flow, peer) => flow <= peer + 15,
      }),
      latencyLine(both, {
        row: 'L1',
        what: 'The same, 99th percentile',
        share: 99,
        goal: '≤ peer + 50 ms',
        isMet: (flow, peer) => flow <= peer + 50,
      }),
    ];
  },
};
