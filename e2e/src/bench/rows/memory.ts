import { startBareApp } from '../bare-app.ts';
import { pause } from '../clock.ts';
import { familyMiB, residentMiB } from '../process.ts';
import { change, logIn, password, startProduct } from '../product.ts';
import type { Product } from '../product.ts';
import type { Result, Row } from '../result.ts';
import { openViewers } from '../live/viewers.ts';

const peopleCount = 50;
const tabsEach = 20;
const settleMs = 10_000;
const bareApp = 'of a bare Next server';

/** S2: resident memory of web and worker, at rest and with a thousand open pages, and of the whole. */
export const memory: Row = {
  name: 'S2',
  async run() {
    const bareMiB = await bareServer();
    await using product = await startProduct();
    await pause(settleMs);
    const idle = { web: await memoryOf(product, 'web'), worker: await memoryOf(product, 'worker'), whole: await familyMiB(product.pid) };
    const cookies = await makePeople(product);
    const viewers = await openViewers(product.url, {
      cookies: cookies.flatMap((cookie) => Array.from({ length: tabsEach }, () => cookie)),
      tenant: 'acme',
      topics: 'tenant',
    });
    await pause(settleMs);
    const busy = { web: await memoryOf(product, 'web'), worker: await memoryOf(product, 'worker') };
    viewers.close();
    const tabs = `${peopleCount * tabsEach} open pages`;
    return [
      line('Memory of web, demo at rest', { MiB: idle.web, bareMiB, maxMiB: 512 }),
      line(`Memory of web, ${tabs}`, { MiB: busy.web, bareMiB, maxMiB: 512 }),
      line('Memory of worker, demo at rest', { MiB: idle.worker, maxMiB: 384 }),
      line(`Memory of worker, ${tabs}`, { MiB: busy.worker, maxMiB: 384 }),
      line('Memory of the whole demo: web, worker, PostgreSQL, two sandbox clusters', { MiB: idle.whole, maxMiB: 2048 }),
    ];
  },
};

/** What a server of Next needs that has answered a few requests. */
async function bareServer(): Promise<number> {
  await using bare = await startBareApp();
  for (let count = 0; count < 50; count += 1) await (await fetch(bare.url)).arrayBuffer();
  await pause(settleMs);
  return await residentMiB(bare.pid);
}

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
    await change(platform, 'person.create', { email, name: `Viewer ${count}`, password });
    await change(admin, 'member.add', { tenant: 'acme', email, role: 'viewer' });
    cookies.push(await logIn(url, email));
  }
  return cookies;
}

function line(what: string, { MiB, bareMiB = null, maxMiB }: { MiB: number; bareMiB?: number | null; maxMiB: number }): Result {
  return {
    row: 'S2',
    what,
    unit: 'MiB',
    flow: MiB,
    peer: bareMiB === null ? null : bareApp,
    peerValue: bareMiB,
    ratio: bareMiB === null ? null : MiB / bareMiB,
    goal: `≤ ${maxMiB} MiB`,
    met: MiB <= maxMiB,
    spread: null,
    rounds: 1,
  };
}
