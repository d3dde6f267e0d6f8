import type { BrowserContext } from '@playwright/test';
import { z } from 'zod';
import { startBareApp } from '../bare-app.ts';
import { openBrowser } from '../browser.ts';
import type { BenchBrowser } from '../browser.ts';
import { ask, logIn, startProduct } from '../product.ts';
import type { Product } from '../product.ts';
import type { Result, Row } from '../result.ts';

const listMaxKB = 205;
const pageMaxKB = 270;

/** Lists are held to the smaller limit. */
const lists = ['/services', '/runs', '/deployments', '/artifacts', '/approvals', '/environments', '/audit'];
const pages = [
  '',
  '/services/checkout',
  '/governance',
  '/governance/rules',
  '/governance/freezes',
  '/governance/guardrails',
  '/governance/gates',
  '/governance/incidents',
  '/admin/members',
  '/admin/roles',
  '/admin/clusters',
  '/admin/access',
];

/** B1: the JavaScript that a first visit of a page loads, gzipped as it comes over the wire, beside the least that such a page can be. */
export const javascript: Row = {
  name: 'B1',
  async run() {
    await using bare = await startBareApp();
    await using product = await startProduct();
    await using browser = await openBrowser();
    const floorKB = await loadedKB(await browser.empty(), bare.url);
    const person = await browser.signedIn(product.url, 'adam@flow.demo');
    const measure = async (path: string, maxKB: number): Promise<Result> => {
      const kB = await loadedKB(await browser.empty(person), `${product.url}/t/acme${path}`);
      return line({ what: `JavaScript of ${path === '' ? 'home' : path}`, kB, floorKB, maxKB });
    };
    const results: Result[] = [await logInPage(browser, product, floorKB)];
    for (const path of lists) results.push(await measure(path, listMaxKB));
    for (const path of [...pages, ...(await detailPages(product))]) results.push(await measure(path, pageMaxKB));
    return results.map((result) => ({ ...result, what: result.what.replace(/(?<=\/(runs|deployments|artifacts)\/)\S+/, '…') }));
  },
};

async function logInPage(browser: BenchBrowser, product: Product, floorKB: number): Promise<Result> {
  const kB = await loadedKB(await browser.empty(), `${product.url}/login`);
  return line({ what: 'JavaScript of the log-in', kB, floorKB, maxKB: pageMaxKB });
}

const firstItem = z.object({ items: z.array(z.object({ id: z.string() })).min(1) });

/** One run, one deployment and one artifact of the demo. */
async function detailPages({ url }: Product): Promise<string[]> {
  const session = { url, cookie: await logIn(url, 'adam@flow.demo') };
  const kinds = [
    ['run.list', '/runs'],
    ['deployment.list', '/deployments'],
    ['artifact.list', '/artifacts'],
  ] as const;
  return Promise.all(
    kinds.map(async ([procedure, path]) => {
      const { items } = firstItem.parse(await ask(session, procedure, { tenant: 'acme' }));
      return `${path}/${items[0]?.id ?? ''}`;
    }),
  );
}

/** Kilobytes (1,000 bytes) of scripts for the first content, not what the router fetches ahead afterwards. Ends the profile. */
async function loadedKB(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() === 'script') sizes.push(request.sizes().then((size) => size.responseBodySize));
  });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('load');
  const kB = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1_000;
  await context.close();
  return kB;
}

function line(measured: { what: string; kB: number; floorKB: number; maxKB: number }): Result {
  const { what, kB, floorKB, maxKB } = measured;
  return {
    row: 'B1',
    what,
    unit: 'KB',
    flow: kB,
    peer: 'of a bare client',
    peerValue: floorKB,
    ratio: kB / floorKB,
    goal: `≤ ${maxKB} KB`,
    met: kB <= maxKB,
    spread: null,
    rounds: 1,
  };
}
