import type { Page } from '@playwright/test';
import { openBrowser } from '../browser.ts';
import { changeAndWait, latencyLine, watchRound } from '../live/canary-rounds.ts';
import { prepareCanary } from '../live/canary.ts';
import type { StandingCanary } from '../live/canary.ts';
import { nowMs, pause } from '../clock.ts';
import { kubeconfigPath, rounds } from '../env.ts';
import { alternate, median } from '../measure.ts';
import { logIn, startProduct } from '../product.ts';
import type { Result, Row } from '../result.ts';
import { createSightings } from '../live/sightings.ts';
import type { Sightings } from '../live/sightings.ts';

const changesPerSecond = 50;
const busyMs = 4_000;

/** L2: from the PATCH on a Rollout to the frame that draws it in a browser, and what fifty changes a second do to the page. */
export const livePixels: Row = {
  name: 'L2',
  async run() {
    await using product = await startProduct();
    await using canary = await prepareCanary(product, await logIn(product.url, 'adam@flow.demo'), kubeconfigPath);
    await using browser = await openBrowser();
    const context = await browser.signedIn(product.url, 'adam@flow.demo');
    const page = await context.newPage();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${product.url}/t/acme/deployments/${canary.deploymentId}`);
    await page
      .getByRole('region', { name: 'bench', exact: true })
      .or(page.getByRole('region', { name: 'eu-west', exact: true }))
      .waitFor();
    const see = await observePage(page);
    const both = await alternate({ peer: () => watchRound(canary), flow: () => pixelRound(canary, see) }, rounds);
    const tasks = await alternate(
      { peer: () => longTasks(page, () => pause(busyMs)), flow: () => longTasks(page, () => hurry(canary)) },
      rounds,
    );
    return [
      latencyLine(both, {
        row: 'L2',
        what: 'Change of a Rollout → pixels, median',
        share: 50,
        goal: '≤ 60 ms',
        isMet: (flow) => flow <= 60,
      }),
      latencyLine(both, {
        row: 'L2',
        what: 'The same, 95th percentile',
        share: 95,
        goal: '≤ 150 ms',
        isMet: (flow) => flow <= 150,
      }),
      taskLine(tasks),
    ];
  },
};

interface Observed {
  sightings: Sightings;
}

async function pixelRound(canary: StandingCanary, observed: Observed): Promise<number[]> {
  observed.sightings = createSightings(1);
  return changeAndWait(canary, observed.sightings);
}

/** Whoever holds the sightings of a round is told what the page draws. */
async function observePage(page: Page): Promise<Observed> {
  const observed: Observed = { sightings: createSightings(1) };
  await page.exposeFunction('flowShown', (isHeld: boolean, at: number) => observed.sightings.see(0, isHeld, at));
  await page.evaluate(`window.addEventListener('flow-shown', ({ detail }) => window.flowShown(detail.isHeld, detail.at))`);
  await page.evaluate(observe);
  return observed;
}

/** Runs in the page: tells each change of what it shows of the hold with the time of the frame that drew it, and keeps long tasks. */
function observe(): void {
  // Only whoever may act is shown this button, and only while the canary is held.
  const shows = (): boolean => [...document.querySelectorAll('main button')].some((button) => button.textContent.startsWith('Resume'));
  let last = shows();
  new MutationObserver(() => {
    const now = shows();
    if (now === last) return;
    last = now;
    requestAnimationFrame(() => {
      window.dispatchEvent(new CustomEvent('flow-shown', { detail: { isHeld: now, at: performance.timeOrigin + performance.now() } }));
    });
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  const long: number[] = [];
  Reflect.set(window, 'flowLongTasks', long);
  // The browser itself reports only tasks of more than 50 ms.
  new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
}

/** How many tasks of more than 50 ms the page had meanwhile. */
async function longTasks(page: Page, meanwhile: () => Promise<unknown>): Promise<number> {
  const count = () => page.evaluate(() => Number(Reflect.get(Reflect.get(window, 'flowLongTasks'), 'length')));
  const before = await count();
  await meanwhile();
  return (await count()) - before;
}

/** Changes the Rollout fifty times a second, whether or not anything has been seen of the change before. */
async function hurry(canary: StandingCanary): Promise<void> {
  const start = nowMs();
  const changes: Promise<void>[] = [];
  for (let count = 0; nowMs() - start < busyMs; count += 1) {
    changes.push(canary.setHeld(count % 2 === 0));
    await pause(Math.max(0, ((count + 1) * 1_000) / changesPerSecond - (nowMs() - start)));
  }
  await Promise.all(changes);
}

function taskLine({ flow, peer }: Record<'flow' | 'peer', number[]>): Result {
  return {
    row: 'L2',
    what: `Tasks over 50 ms of the page at ${changesPerSecond} changes a second, in ${busyMs / 1_000} s`,
    unit: 'tasks',
    flow: median(flow),
    peer: 'of the same page at rest',
    peerValue: median(peer),
    ratio: null,
    goal: 'none',
    met: median(flow) === 0,
    spread: null,
    rounds: flow.length,
  };
}
