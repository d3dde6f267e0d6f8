import { z } from 'zod';
import { reasonSource } from '../verdict/index.ts';
import { inFlightEffect } from '../freeze/index.ts';
import { relation } from '../rule/index.ts';
import { usual } from './usual.ts';

/** Something that will keep it from going on. */
export const hold = z.strictObject({
  sentence: z.string(),
  /** Null for what holds a rollout that moves already. */
  source: reasonSource.nullable(),
  policyId: z.string().nullable(),
  fromAt: z.date(),
  /** Null when no time can be named. */
  untilAt: z.date().nullable(),
  /** The wave that waits, from 1 up; 0 before the start. */
  wave: z.number().int().min(0),
});
export type Hold = z.infer<typeof hold>;

/** One part of a wave. */
export const part = z.strictObject({
  kind: z.enum(['apply', 'weight', 'pause', 'person', 'analysis', 'finish']),
  /** Share of the canary while it lasts, in percent; null before the first step and without a canary. */
  weight: z.number().nullable(),
  fromAt: z.date(),
  untilAt: z.date(),
});
export type Part = z.infer<typeof part>;

export const foreseenWave = z.strictObject({
  regions: z.array(z.string()),
  startAt: z.date(),
  /** Null when it does not come to its end. */
  endAt: z.date().nullable(),
  parts: z.array(part),
  /** Until when it is observed before the next one; null for the last one. */
  bakedAt: z.date().nullable(),
});
export type ForeseenWave = z.infer<typeof foreseenWave>;

/** A freeze or the rollout of somebody else that lies in its way, whether it holds it or not. */
export const meeting = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('freeze'),
    policyId: z.string(),
    title: z.string(),
    inFlight: inFlightEffect,
    fromAt: z.date(),
    untilAt: z.date(),
  }),
  z.strictObject({
    kind: z.literal('rollout'),
    deploymentId: z.string(),
    serviceName: z.string(),
    relation,
    /** Regions that both go to. */
    regions: z.array(z.string()),
    fromAt: z.date(),
    untilAt: z.date(),
  }),
]);
export type Meeting = z.infer<typeof meeting>;

/**
 * How a deployment will probably go.
 * - `arrives`: it comes to its end. `refused`: a rule denies it. `takenBack`: a freeze or a guardrail takes it back on the way.
 * - `stuck`: something holds it for which no time can be named.
 */
export const foresight = z.strictObject({
  at: z.date(),
  outcome: z.enum(['arrives', 'refused', 'takenBack', 'stuck']),
  /** When people will have approved it; null when nobody is asked. */
  approvedAt: z.date().nullable(),
  startAt: z.date().nullable(),
  endAt: z.date().nullable(),
  holds: z.array(hold),
  waves: z.array(foreseenWave),
  meetings: z.array(meeting),
  /** What it rests on. */
  usual,
});
export type Foresight = z.infer<typeof foresight>;
