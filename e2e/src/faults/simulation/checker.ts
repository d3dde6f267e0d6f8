import { deploymentState, isTerminal, mayBecome, targetMayBecome, targetState } from '@flow/core/deployment';
import type { Database } from '@flow/db/client';
import { z } from 'zod';
import type { Effect } from './cluster.ts';
import type { Actor } from './turns/turns.ts';

/** The promises of the engine, by the number that the report of defects names. */
export const invariants = {
  1: 'at most one deployment moves in a place',
  2: 'no effect without a start that was allowed, and none before its intent',
  3: 'what was acknowledged comes to its end',
  4: 'an effect is done once, and what is recorded as done was done',
  5: 'each transition is in the audit log',
  6: 'states change by the edges of the table',
  7: 'waves go in order',
  8: 'what runs is what was approved',
  9: 'going back wins over a promotion, and both are recorded',
  10: 'no job is lost, one worker works on a thing, nothing is held by the dead',
  11: 'a page reads every event once, in order',
  12: 'people are told of what has happened, once',
  13: 'it ends as without faults',
} as const;
export type Invariant = keyof typeof invariants;

/** A promise that was broken, first seen after this step. */
export interface Breach {
  invariant: Invariant;
  sentence: string;
  step: number;
}

const row = z.object({
  deployments: z.array(
    z.object({
      id: z.string(),
      state: deploymentState,
      wish: z.string().nullable(),
      hash: z.string(),
      digest: z.string(),
      notBefore: z.coerce.date().nullable(),
      startedAt: z.string().nullable(),
      approval: z.object({ state: z.string(), hash: z.string(), usedAt: z.string().nullable() }).nullable(),
      auditCount: z.number(),
      job: z.object({ lockedBy: z.string().nullable(), deadAt: z.string().nullable() }).nullable(),
      targets: z.array(z.object({ id: z.string(), wave: z.number(), region: z.string(), state: targetState })),
      actions: z.array(
        z.object({ key: z.string(), kind: z.string(), state: z.string(), clusterId: z.string(), requestedBy: z.string().nullable() }),
      ),
    }),
  ),
});
export type Seen = z.infer<typeof row>['deployments'][number];

const read = `
  SELECT COALESCE(jsonb_agg(jsonb_build_object(
    'id', d.id, 'state', d.state, 'wish', d.requested_action, 'hash', d.snapshot_hash, 'digest', a.digest,
    'notBefore', d.not_before, 'startedAt', d.started_at,
    'approval', (SELECT jsonb_build_object('state', r.state, 'hash', r.subject_hash, 'usedAt', r.used_at) FROM approval_request r
      WHERE r.tenant_id = d.tenant_id AND r.deployment_id = d.id),
    'auditCount', (SELECT count(*) FROM audit_entry e WHERE e.tenant_id = d.tenant_id AND e.subject = 'deployment:' || d.id AND e.action = 'deployment.transition'),
    'job', (SELECT jsonb_build_object('lockedBy', j.locked_by, 'deadAt', j.dead_at) FROM job j WHERE j.kind = 'deployment' AND j.key = d.id),
    'targets', (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', t.id, 'wave', t.wave, 'region', t.region, 'state', t.state) ORDER BY t.wave, t.id), '[]')
      FROM target_deployment t WHERE t.tenant_id = d.tenant_id AND t.deployment_id = d.id),
    'actions', (SELECT COALESCE(jsonb_agg(jsonb_build_object('key', x.key, 'kind', x.kind, 'state', x.state, 'clusterId', x.cluster_id, 'requestedBy', x.requested_by) ORDER BY x.key), '[]')
      FROM engine_action x WHERE x.tenant_id = d.tenant_id AND x.deployment_id = d.id)
  ) ORDER BY d.id), '[]') AS deployments
  FROM deployment d JOIN artifact a ON a.tenant_id = d.tenant_id AND a.id = d.artifact_id
  WHERE d.tenant_id = $1 AND d.service_id = $2`;

const moving: readonly string[] = ['deploying', 'baking', 'paused', 'rollingBack'];
/** A lease runs for at most 25 s; what its holder held is free by then, and taken over at the next look. */
const deadHoldMs = 30_000;

/** Looks at everything that is committed after each step that has changed something, and remembers what it saw before. */
export class Checker {
  readonly breaches: Breach[] = [];
  /** Deployments whose going back was acknowledged. */
  readonly goneBack = new Set<string>();
  readonly #db: Database;
  readonly #place: { tenantId: string; serviceId: string };
  readonly #now: () => Date;
  #seen = new Map<string, Seen>();
  readonly #transitions = new Map<string, number>();
  readonly #done = new Map<string, number>();
  readonly #workers = new Map<string, Set<Actor & { isDisturbed: boolean }>>();
  readonly #diedAtMs = new Map<string, number>();
  readonly #installed = new Set<string>();
  readonly #read: string[] = [];
  #there: string[] = [];
  #step = 0;

  constructor(db: Database, place: { tenantId: string; serviceId: string }, now: () => Date) {
    this.#db = db;
    this.#place = place;
    this.#now = now;
  }

  get seen(): ReadonlyMap<string, Seen> {
    return this.#seen;
  }

  begin(step: number): void {
    this.#step = step;
  }

  breach(invariant: Invariant, sentence: string): void {
    if (this.breaches.some((one) => one.invariant === invariant && one.sentence === sentence)) return;
    this.breaches.push({ invariant, sentence, step: this.#step });
  }

  onDeath(actor: Actor): void {
    this.#diedAtMs.set(actor.name, this.#now().getTime());
    for (const workers of this.#workers.values()) for (const one of workers) if (one.name === actor.name) workers.delete(one);
  }

  /** A worker begins or ends to work on something. Two of them may only where one was stopped for a while or cut off. */
  onRun(key: string, actor: Actor & { isDisturbed: boolean }, isBegin: boolean): void {
    const workers = this.#workers.get(key) ?? new Set();
    this.#workers.set(key, workers);
    if (!isBegin) workers.delete(actor);
    else {
      if ([...workers].some((other) => !other.isDisturbed && !other.isDead) && !actor.isDisturbed)
        this.breach(10, `two workers work on one deployment`);
      workers.add(actor);
    }
  }

  /** What was done in a cluster is held against what is committed now. */
  onEffect(effect: Effect): void {
    const about = `${effect.cluster.region} ${effect.kind} ${effect.kind === 'patch' ? effect.call : ''}`.trimEnd();
    if (effect.kind === 'upgrade') this.#onUpgrade(effect);
    if (effect.kind === 'patch' && effect.call.includes('rollouts'))
      this.#once(`${effect.cluster.region}/${effect.name}/${JSON.stringify(effect.guard)}`, about, effect.call.includes('pauseConditions'));
    if (effect.kind === 'create' || effect.kind === 'delete') return;
    const isIntended = [...this.#seen.values()].some(({ actions }) =>
      actions.some(({ state, clusterId, kind }) => state === 'intended' && clusterId === effect.cluster.id && kind !== 'prepare'),
    );
    if (!isIntended) this.breach(2, `${about} without an intent`);
  }

  /** Helm wrote a revision for a deployment, whatever became of the call. */
  onRevision(region: string, deploymentId: string): void {
    this.#installed.add(`${region}/${deploymentId}`);
  }

  #onUpgrade({ deploymentId, cluster, values }: Effect): void {
    const deployment = this.#seen.get(deploymentId ?? '');
    if (deployment?.startedAt == null) return this.breach(2, `${cluster.region}: helm installed what had not started`);
    if (!JSON.stringify(values).includes(deployment.digest)) this.breach(8, `${cluster.region}: helm installed another digest`);
    this.#once(`${cluster.region}/${deployment.id}/upgrade`, `${cluster.region} upgrade`, true);
    const target = deployment.targets.find(({ region }) => region === cluster.region);
    const isInOrder = deployment.targets.every((other) => other.wave >= (target?.wave ?? 0) || other.state === 'healthy');
    if (!isInOrder) this.breach(7, `${cluster.region}: helm installed before the wave before was healthy`);
  }

  #once(key: string, about: string, isOnce: boolean): void {
    const count = (this.#done.get(key) ?? 0) + 1;
    this.#done.set(key, count);
    if (isOnce && count > 1) this.breach(4, `${about} was done ${count} times`);
  }

  /** What the page was handed. */
  onEvent(at: { txId: bigint; position: bigint }): void {
    this.#read.push(`${at.txId}.${at.position}`);
  }

  /** Whether the page has come to the end of the log; then it must have read all of it, just once and in order. */
  async isPageAtTheEnd(): Promise<boolean> {
    const { rows } = await this.#db.pool.query('SELECT tx_id, position FROM event ORDER BY tx_id, position');
    const there = rows.map((one) => z.object({ tx_id: z.coerce.string(), position: z.coerce.string() }).parse(one));
    this.#there = there.map(({ tx_id, position }) => `${tx_id}.${position}`);
    return this.#read.at(-1) === this.#there.at(-1);
  }

  /** When all is over: what the page read, and that what is recorded as done was done. */
  async atEnd(): Promise<void> {
    await this.isPageAtTheEnd();
    if (this.#read.join() !== this.#there.join())
      this.breach(11, `the page read ${this.#read.length} of ${this.#there.length} events, or not in order`);
    for (const { id, actions, targets } of this.#seen.values())
      for (const { key, kind, state } of actions) {
        const region = targets.find((target) => key.includes(target.id))?.region ?? '';
        const isLie = kind === 'helm-upgrade' && state === 'done' && !this.#installed.has(`${region}/${id}`);
        if (isLie) this.breach(4, `${region}: an install is recorded as done that nobody did`);
      }
  }

  /** After a step that may have committed something. */
  async look(): Promise<void> {
    const { tenantId, serviceId } = this.#place;
    const { rows } = await this.#db.pool.query({ name: 'simulation-look', text: read, values: [tenantId, serviceId] });
    const { deployments } = row.parse(rows[0]);
    if (deployments.filter(({ state }) => moving.includes(state)).length > 1) this.breach(1, 'two deployments move in one place');
    for (const deployment of deployments) {
      const before = this.#seen.get(deployment.id);
      this.#path(before, deployment);
      this.#targets(before, deployment);
      this.#wishes(deployment);
      this.#job(deployment);
    }
    this.#seen = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  }

  #path(before: Seen | undefined, now: Seen): void {
    const { id, state, auditCount } = now;
    const from = before?.state ?? 'preparing';
    const known = this.#transitions.get(id) ?? 0;
    const count = from === state ? known : known + 1;
    this.#transitions.set(id, count);
    if (!mayBecome(from, state)) this.breach(6, `a deployment went from ${from} to ${state}`);
    if (auditCount !== count) this.breach(5, `the audit log has ${auditCount} transitions, there were ${count}`);
    if (state === 'deploying' && !moving.includes(from)) this.#start(now);
  }

  #start({ hash, approval, notBefore }: Seen): void {
    const isApproved = approval?.state === 'approved' && approval.usedAt !== null;
    if (!isApproved) this.breach(2, `it started with its approval ${approval?.state ?? 'not asked for'}`);
    if (approval?.hash !== hash) this.breach(8, 'it started with an approval of something else');
    if (notBefore !== null && notBefore > this.#now()) this.breach(2, 'it started before its time');
  }

  #targets(before: Seen | undefined, { targets }: Seen): void {
    for (const target of targets) {
      const from = before?.targets.find(({ id }) => id === target.id)?.state ?? 'pending';
      if (!targetMayBecome(from, target.state)) this.breach(6, `a target went from ${from} to ${target.state}`);
      const isInOrder = targets.every((other) => other.wave >= target.wave || other.state === 'healthy');
      if (from === 'pending' && target.state === 'applying' && !isInOrder)
        this.breach(7, `${target.region} began before the wave before it was healthy`);
    }
  }

  #wishes({ id, wish, state }: Seen): void {
    if (!this.goneBack.has(id)) return;
    if (wish !== 'rollback') this.breach(9, 'an acknowledged wish to go back is gone');
    if (state === 'succeeded') this.breach(9, 'it succeeded although somebody had asked to go back');
  }

  #job({ state, job }: Seen): void {
    if (isTerminal(state)) return;
    if (job === null || job.deadAt !== null) this.breach(10, `a deployment that is ${state} has no job`);
    const diedAtMs = this.#diedAtMs.get(job?.lockedBy ?? '');
    if (diedAtMs !== undefined && this.#now().getTime() - diedAtMs > deadHoldMs) this.breach(10, 'a job is held by the dead');
  }
}
