import { residentMiB } from '../child.ts';
import { pause } from '../clock.ts';
import { change, logIn, startProduct } from '../product.ts';
import type { Product } from '../product.ts';
import type { Result, Row } from '../result.ts';
import { openViewers } from '../viewers.ts';

const peopleCount = 50;
const tabsEach = 20;
const settleMs = 10_000;

/** S2: resident memory of web and worker, at rest and with a thousand open pages. */
export const memory: Row = {
  name: 'S2',
  async run() {
    await using product = await startProduct();
    await pause(settleMs);
    const [webIdle, workerIdle] = [await memoryOf(product, 'web'), await memoryOf(product, 'worker')];
    const cookies = await makePeople(product);
    const viewers = await openViewers(product.url, {
      cookies: cookies.flatMap((cookie) => Array.from({ length: tabsEach }, () => cookie)),
      tenant: 'acme',
      topics: 'tenant',
    });
    await pause(settleMs);
    const webBusy = await memoryOf(product, 'web');
    viewers.close();
    return [
      line('worker, demo at rest', workerIdle, 384),
      line('web, demo at rest', webIdle, 512),
      line(`web, ${peopleCount * tabsEach} open pages`, webBusy, 512),
    ];
  },
};

async function memoryOf(product: Product, name: string): Promise<number> {
  const pid = product.pids.get(name);
  if (pid === undefined) throw new Error(`the process ${name} was not found`);
  return residentMiB(pid);
}

/** One person has at most twenty open pages, so a thousand need fifty people. */
async function makePeople({ url }: Product): Promise<string[]> {
  const platform = { url, cookie: await logIn(url, 'paula@flow.demo') };
  const admin = { url, cookie: await logIn(url, 'adam@flow.demo') };
  const cookies: string[] = [];
  for (let count = 0; count < peopleCount; count += 1) {
    const email = `viewer${count}@flow.demo`;
    await change(platform, 'person.create', { email, name: `Viewer ${count}`, password: 'canary-in-the-mine' });
    await change(admin, 'member.add', { tenant: 'acme', email, role: 'viewer' });
    cookies.push(await logIn(url, email));
  }
  return cookies;
}

function line(what: string, MiB: number, maxMiB: number): Result {
  return {
    row: 'S2',
    what: `Memory of ${what}`,
    flow: `${MiB.toFixed(0)} MiB`,
    peer: '–',
    goal: `≤ ${maxMiB} MiB`,
    isMet: MiB <= maxMiB,
    spread: null,
  };
}
