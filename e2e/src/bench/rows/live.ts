import { findBrowser } from '@flow/run/browser';
import { chromium } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { prepareCanary } from '../canary.ts';
import type { StandingCanary } from '../canary.ts';
import { pause, wallMs } from '../clock.ts';
import { median, percentile } from '../measure.ts';
import { logIn, startProduct } from '../product.ts';
import type { Product } from '../product.ts';
import type { Result, Row } from '../result.ts';
import { openViewers } from '../viewers.ts';

const viewersCount = 50;
const changesCount = 60;
/** Between two changes nothing happens, so that each begins a quiet period: the rule is that the first leaves at once. */
const quietMs = 150;

/** L1 and L2: a change of a Rollout, seen by a bare watch, by fifty open streams, and as pixels in a browser, all at once. */
export const live: Row = {
  name: 'L1 L2',
  async run() {
    await using product = await startProduct();
    const cookies = await Promise.all(['adam', 'rita', 'dora'].map((person) => logIn(product.url, `${person}@flow.demo`)));
    await using canary = await prepareCanary(product, cookies[0] ?? '');
    const topics = `deployment:${canary.deploymentId}`;
    const viewers = await openViewers(product.url, {
      cookies: Array.from({ length: viewersCount }, (_, index) => cookies[index % cookies.length] ?? ''),
      tenant: 'acme',
      topics,
    });
    const { browser, page } = await openPage(product, canary);
    try {
      const seen = new Seen();
      canary.watch((isHeld) => seen.at('watch', isHeld));
      viewers.onFrame((viewer, data) => {
        const isHeld = heldOf(data);
        if (isHeld !== undefined) seen.at(`viewer ${viewer}`, isHeld);
      });
      await page.exposeFunction('flowShown', (isHeld: boolean, at: number) => seen.at('pixels', isHeld, at));
      await page.evaluate(observe);
      await page.evaluate(`window.addEventListener('flow-shown', ({ detail }) => window.flowShown(detail.isHeld, detail.at))`);
      await pause(1_000);
      for (let count = 0; count < changesCount; count += 1) {
        seen.begin(count % 2 === 0);
        await canary.setHeld(count % 2 === 0);
        await seen.all(['watch', 'pixels', ...Array.from({ length: viewersCount }, (_, index) => `viewer ${index}`)]);
        await pause(quietMs);
      }
      return report(seen, await page.evaluate(() => Reflect.get(window, 'flowLongTasks') as number[]));
    } finally {
      viewers.close();
      await browser.close();
    }
  },
};

const frame = z.object({ type: z.literal('target.changed'), data: z.object({ observed: z.object({ held: z.boolean() }) }) });

function heldOf(text: string): boolean | undefined {
  return frame.safeParse(JSON.parse(text)).data?.data.observed.held;
}

async function openPage(product: Product, canary: StandingCanary) {
  const found = await findBrowser();
  const browser = await chromium.launch({ executablePath: found.executablePath, args: [...found.args, '--no-sandbox'], env: found.env });
  const page: Page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${product.url}/login`);
  await page.getByLabel('E-mail address').fill('vera@flow.demo');
  await page.getByLabel('Password').fill('canary-in-the-mine');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.waitForURL('**/t/**');
  await page.goto(`${product.url}/t/acme/deployments/${canary.deploymentId}`);
  await page.getByRole('region', { name: 'eu-west', exact: true }).waitFor();
  return { browser, page };
}

/** Runs in the page: tells each change of what it shows of the hold with the time of the frame that drew it, and keeps long tasks. */
function observe(): void {
  // The one button that is there only while the canary is held.
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
  new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
}

/** When each observer saw each change: the first sight of the wanted state after its beginning counts. */
class Seen {
  readonly latencies = new Map<string, number[]>();
  #wanted = false;
  #begun = 0;
  #missing = new Set<string>();
  #done: (() => void) | undefined;
  #early = new Map<string, number>();

  begin(wanted: boolean): void {
    this.#wanted = wanted;
    this.#early.clear();
    this.#begun = wallMs();
  }

  at(observer: string, state: boolean, time = wallMs()): void {
    // Before the first change nothing is measured: a watch begins with what is there.
    if (this.#begun === 0 || state !== this.#wanted || this.#early.has(observer)) return;
    this.#early.set(observer, time);
    this.latencies.set(observer, [...(this.latencies.get(observer) ?? []), time - this.#begun]);
    this.#missing.delete(observer);
    if (this.#missing.size === 0) this.#done?.();
  }

  async all(observers: readonly string[]): Promise<void> {
    this.#missing = new Set(observers.filter((observer) => !this.#early.has(observer)));
    if (this.#missing.size === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#done = resolve;
      AbortSignal.timeout(20_000).addEventListener('abort', () =>
        reject(new Error(`not seen within 20 s by ${[...this.#missing].slice(0, 5).join(', ')}`)),
      );
    });
  }
}

function report(seen: Seen, longTasks: readonly number[]): Result[] {
  const of = (prefix: string): number[] => [...seen.latencies].filter(([name]) => name.startsWith(prefix)).flatMap(([, times]) => times);
  const [watch, viewers, pixels] = [of('watch'), of('viewer'), of('pixels')];
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const line = (row: string, what: string, measured: { flow: number; peer: number; goal: number; text: string }): Result => ({
    row,
    what,
    flow: ms(measured.flow),
    peer: `${ms(measured.peer)} by a bare watch`,
    goal: measured.text,
    isMet: measured.flow <= measured.goal,
    spread: null,
  });
  const [watchP50, watchP99] = [median(watch), percentile(watch, 99)];
  return [
    line('L1', 'Change of a Rollout → 50 streams, median', {
      flow: median(viewers),
      peer: watchP50,
      goal: watchP50 + 15,
      text: '≤ the watch + 15 ms',
    }),
    line('L1', 'The same, 99th percentile', {
      flow: percentile(viewers, 99),
      peer: watchP99,
      goal: watchP99 + 50,
      text: '≤ the watch + 50 ms',
    }),
    line('L2', 'Change of a Rollout → pixels, median', { flow: median(pixels), peer: watchP50, goal: 60, text: '≤ 60 ms' }),
    line('L2', 'The same, 95th percentile', { flow: percentile(pixels, 95), peer: percentile(watch, 95), goal: 150, text: '≤ 150 ms' }),
    {
      row: 'L2',
      what: 'Longest task of the page meanwhile',
      flow: longTasks.length === 0 ? 'none over 50 ms' : ms(Math.max(...longTasks)),
      peer: '–',
      goal: 'none over 50 ms',
      isMet: longTasks.length === 0,
      spread: null,
    },
  ];
}
