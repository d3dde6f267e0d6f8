import { expect } from 'vitest';
import { addService } from '../ground.ts';
import { ask, carryOn, cleanEnds, countCures, nothingHeld, versions, violationsOf } from './workload.ts';
import type { Moving, Scene } from './workload.ts';

export interface CarryThrough {
  /** How many deployments move at the same time. */
  servicesCount: number;
  /** Whether another deployment is asked for when one has ended. */
  goesOn: () => boolean;
  /** What is done to the product while they move, called again and again. */
  meanwhile: () => Promise<void>;
  withinMs: number;
}

/**
 * Lets one deployment follow the other while something is done to the product, and compares how they ended with a run to which nothing was done. Fails
 * when that clean run does not end as it should, or when something is still held at the end.
 */
export async function carryThrough(
  scene: Scene,
  { servicesCount, withinMs, ...how }: CarryThrough,
): Promise<{ deployments: number; cures: number; violations: string[] }> {
  const { tools, ground } = scene;
  const clean = await cleanEnds(scene, withinMs);
  expect(clean.get('promote')?.deployment.state).toBe('succeeded');
  expect(clean.get('rollBack')?.deployment.state).toBe('rolledBack');
  const moving: Moving[] = [];
  for (let index = 0; index < servicesCount; index += 1)
    moving.push(await ask(scene, await addService(tools, ground, { slug: `service-${index}`, versions }), 1));
  const ended = await carryOn(scene, moving, { ...how, withinMs });
  const violations = await violationsOf(scene, ended, clean);
  await nothingHeld(scene);
  return { deployments: ended.length, cures: await countCures(scene, ended), violations };
}
