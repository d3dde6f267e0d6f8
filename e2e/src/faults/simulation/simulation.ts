import type { Announcer } from '@flow/db/events';
import { isTerminal } from '@flow/core/deployment';
import { eventsAfter } from '@flow/db/events';
import type { Database } from '@flow/db/client';
import type { Logger } from 'pino';
import type { VirtualTime } from '../crash/virtual-time.ts';
import type { Ground, GroundTools, TestService } from '../ground.ts';
import { seededNumbers } from '../seeded.ts';
import { Checker } from './checker.ts';
import { openSimulatedClusters } from './cluster.ts';
import type { SimulatedCluster } from './cluster.ts';
import type { SimulatedDatabase } from './database.ts';
import type { Defect } from './defect.ts';
import { Life } from './turns/life.ts';
import type { Locks } from './turns/locks.ts';
import { isRefusal, Person } from './stories.ts';
import type { Play, Story } from './stories.ts';
import type { Turn, Turns } from './turns/turns.ts';
import { VirtualTimers } from './turns/virtual-timers.ts';
import { drawFault } from './turns/weather.ts';
import type { Weather } from './turns/weather.ts';
import { startWorker } from './worker.ts';
import type { SimulatedWorker } from './worker.ts';

/** What lasts over many simulations. */
export interface Surroundings {
  db: Database;
  time: VirtualTime;
  turns: Turns;
  locks: Locks;
  clusters: readonly SimulatedCluster[];
  ground: Ground;
  tools: GroundTools;
  /** One for each worker, then one for each person, then one for the page. */
  processes: { workers: readonly SimulatedDatabase[]; ana: SimulatedDatabase; bo: SimulatedDatabase; page: SimulatedDatabase };
  stateDir: string;
  log: Logger;
}

export interface SimulationPlan {
  seed: number;
  story: Story;
  weather: Weather;
  defect: Defect;
  service: TestService;
}

const stepsMax = 12_000;
const longestPassMs = 1_000;
const reviveAfterMs = 3_000;

/** One run: the engine with three workers, two clusters, two people and a page that reads along, all of it from one seed. */
export class Simulation {
  readonly checker: Checker;
  readonly trace: string[] = [];
  readonly faults = new Map<string, number>();
  readonly #around: Surroundings;
  readonly #plan: SimulationPlan;
  readonly #random: () => number;
  readonly #timers: VirtualTimers;
  readonly #startMs: number;
  readonly #slots: { life: Life | null; worker: SimulatedWorker | null; lives: number }[];
  readonly #people: Person[] = [];
  readonly #residents: Life[] = [];
  #steps = 0;
  #hasWritten = true;
  #hasAsked = false;

  constructor(around: Surroundings, plan: SimulationPlan) {
    this.#around = around;
    this.#plan = plan;
    this.#random = seededNumbers(plan.seed);
    this.#timers = new VirtualTimers(around.time.now);
    this.#startMs = around.time.now().getTime();
    this.#slots = around.processes.workers.map(() => ({ life: null, worker: null, lives: 0 }));
    this.checker = new Checker(around.db, { tenantId: around.ground.tenantId, serviceId: plan.service.serviceId }, around.time.now);
  }

  get steps(): number {
    return this.#steps;
  }

  get deploymentIds(): readonly string[] {
    return this.#people.flatMap(({ asked }) => asked);
  }

  /** Told by the database after each statement that may have changed what others see. */
  onWrite(): void {
    this.#hasWritten = true;
  }

  /** Runs until everything has ended and nothing is left to do, or until the first broken promise. */
  async run(): Promise<void> {
    using _ = this.#timers.install();
    for (const index of this.#slots.keys()) this.#begin(index);
    this.#moveIn();
    while (this.checker.breaches.length === 0) {
      const turns = await this.#around.turns.ready(this.#nowMs);
      await this.#look();
      if (turns.length > 0) await this.#step(turns);
      else if (await this.#isOver()) break;
      else await this.#pass();
      if (this.#steps >= stepsMax) {
        this.checker.breach(3, 'it does not come to an end');
        break;
      }
    }
    await this.#end();
  }

  get #nowMs(): number {
    return this.#around.time.now().getTime();
  }

  get #isStormy(): boolean {
    return this.#steps < this.#plan.weather.untilStep;
  }

  async #step(turns: readonly Turn[]): Promise<void> {
    const turn = turns[Math.floor(this.#random() * turns.length)];
    if (turn === undefined) return;
    this.#steps += 1;
    this.checker.begin(this.#steps);
    const slot = this.#slots.find(({ life }) => life === turn.actor);
    if (this.#isStormy && slot?.life != null && this.#random() < this.#plan.weather.sleeps) return this.#putToSleep(slot.life);
    const fault = this.#isStormy ? drawFault(turn, this.#plan.weather, { random: this.#random, mayDie: slot !== undefined }) : 'none';
    this.#note(`${turn.actor.name} ${turn.name}${fault === 'none' ? '' : ` [${fault}]`}`);
    if (fault !== 'none') {
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
      if (slot?.life != null) slot.life.isDisturbed = true;
    }
    await this.#around.turns.give(turn, fault);
    await this.#around.locks.look();
  }

  #putToSleep(life: Life): void {
    const ms = Math.floor(1_000 + this.#random() * 45_000);
    this.#note(`${life.name} sleeps for ${ms} ms`);
    this.faults.set('sleep', (this.faults.get('sleep') ?? 0) + 1);
    life.isDisturbed = true;
    life.asleepUntilMs = this.#nowMs + ms;
  }

  #note(text: string): void {
    this.trace.push(`${this.#steps} ${this.#nowMs - this.#startMs} ${text}`);
  }

  async #look(): Promise<void> {
    if (!this.#hasWritten) return;
    this.#hasWritten = false;
    await this.checker.look();
  }

  /** Lets time pass until something may happen. */
  async #pass(): Promise<void> {
    const wakeMs = this.#slots.flatMap(({ life }) => (life !== null && life.asleepUntilMs > this.#nowMs ? [life.asleepUntilMs] : []));
    const next = Math.min(this.#timers.nextMs ?? Infinity, ...wakeMs, this.#nowMs + longestPassMs);
    await this.#around.time.advance(Math.max(1, next - this.#nowMs));
    this.#timers.fire();
    for (const [index, slot] of this.#slots.entries()) if (slot.life === null || slot.life.isDead) this.#revive(index);
  }

  #revive(index: number): void {
    const slot = this.#slots[index];
    if (slot === undefined || slot.life === null) return;
    slot.life = null;
    // Looked at when time passes, so nobody else does anything in between.
    void this.#timers
      .clock()
      .wait(reviveAfterMs)
      .then(() => this.#begin(index));
  }

  #begin(index: number): void {
    const { around, slot, process } = { around: this.#around, slot: this.#slots[index], process: this.#around.processes.workers[index] };
    if (slot === undefined || process === undefined) return;
    slot.lives += 1;
    const life = new Life(`worker-${index + 1}-${slot.lives}`, (dead) => this.checker.onDeath(dead));
    const clusters = openSimulatedClusters(around.clusters, {
      turns: around.turns,
      actor: life,
      stateDir: around.stateDir,
      now: around.time.now,
      onEffect: (effect) => this.checker.onEffect(effect),
      onHelm: (region, deploymentId) => this.checker.onRevision(region, deploymentId),
      defect: this.#plan.defect.cluster ?? {},
    });
    process.actor = life;
    slot.life = life;
    slot.worker = startWorker({
      actor: life,
      signal: life.signal,
      db: process.db,
      clusters,
      clusterIds: around.clusters.map(({ id }) => id),
      clock: this.#timers.clock(),
      now: () => new Date(around.time.now().getTime() + (this.#plan.defect.clockOffMs?.(index) ?? 0)),
      random: this.#random,
      newId: around.tools.newId,
      stateDir: around.stateDir,
      log: around.log,
      announcer: this.#announcer(),
      around: (kind, handler) => this.#plan.defect.around?.({ kind, handler, db: process.db, holder: life.name, clusters }) ?? handler,
      onRun: (key, isBegin) => this.checker.onRun(key, life, isBegin),
    });
  }

  /** Wakes the loops of all workers, as a notice of the database does; some are lost. */
  #announcer(): Announcer {
    return {
      announce: () => {
        for (const { worker } of this.#slots) if (!(this.#isStormy && this.#random() < this.#plan.weather.lostNotices)) worker?.wake();
      },
      close: () => Promise.resolve(),
    };
  }

  #moveIn(): void {
    const { ground, tools, time, processes } = this.#around;
    const { service, story } = this.#plan;
    const notBefore = new Date(time.now().getTime() + 120_000);
    const play: Play = { ground, service, story, notBefore, onGoneBack: (id) => void this.checker.goneBack.add(id) };
    const ana = new Person({ ...tools, db: processes.ana.db }, play, ground.asker);
    const bo = new Person({ ...tools, db: processes.bo.db }, play, ground.approver);
    this.#people.push(ana, bo);
    this.#resident('ana', processes.ana, async () => {
      this.#hasAsked ||= await ana.ask();
      await ana.promote();
    });
    this.#resident('bo', processes.bo, async () => {
      await bo.cancel();
      await bo.goBack();
      await bo.approve();
    });
    this.#readAlong();
  }

  /** Somebody who does the same again and again, every one to three seconds. */
  #resident(name: string, process: SimulatedDatabase, act: () => Promise<void>): void {
    const life = new Life(name);
    this.#residents.push(life);
    process.actor = life;
    const clock = this.#timers.clock();
    const live = async (): Promise<void> => {
      while (!life.isDead) {
        await act().catch((error: unknown) => {
          if (!life.isDead && !this.#isStormy && !isRefusal(error) && this.#plan.weather.untilStep === 0) throw error;
        });
        await clock.wait(1_000 + Math.floor(this.#random() * 2_000), life.signal);
      }
    };
    live().catch((error: unknown) => this.checker.breach(3, `${name} met ${error instanceof Error ? error.message : String(error)}`));
  }

  /** A page that follows the log from its place. */
  #readAlong(): void {
    let cursor = { txId: 0n, position: 0n };
    const { page } = this.#around.processes;
    this.#resident('page', page, async () => {
      for (;;) {
        const events = await eventsAfter(page.db, cursor, 20);
        for (const { cursor: at } of events) {
          this.checker.onEvent(at);
          cursor = at;
        }
        if (events.length === 0) return;
      }
    });
  }

  async #isOver(): Promise<boolean> {
    if (!this.#hasAsked || this.checker.seen.size === 0) return false;
    if ([...this.checker.seen.values()].some(({ state, job }) => !isTerminal(state) || job !== null)) return false;
    return this.checker.isPageAtTheEnd();
  }

  /** Everybody leaves. */
  async #end(): Promise<void> {
    for (const { life } of this.#slots) life?.die();
    for (const life of this.#residents) life.die();
    while ((await this.#around.turns.ready(this.#nowMs)).length > 0 || this.#around.locks.isWaited) await this.#around.locks.look();
    const { workers, ana, bo, page } = this.#around.processes;
    for (const process of [...workers, ana, bo, page]) process.actor = null;
  }
}
