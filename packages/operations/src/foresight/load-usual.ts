import { usualOf } from '@flow/core/foresight';
import type { Usual } from '@flow/core/foresight';
import type { Tx } from '@flow/db/client';
import { findUsualMoves, listPastApprovals, listPastTargets } from '@flow/db/facts';

/** Of fewer the others in the environment tell more. */
const enough = 3;
const lookBackMs = 90 * 24 * 60 * 60 * 1_000;
/** Of a deployment to a place where nothing has ever succeeded. */
const assumedMoveMs = 10 * 60 * 1_000;

/** What usually takes how long in the place: of the service itself, and where that is too little, of all services in the environment. */
export async function loadUsual(reader: Tx, tenantId: string, place: { serviceId: string; environmentId: string }): Promise<Usual> {
  const { serviceId, environmentId } = place;
  const own = await listPastTargets(reader, tenantId, { serviceId, environmentId });
  const targets = own.length >= enough ? own : await listPastTargets(reader, tenantId, { environmentId });
  return usualOf({ targets, approvals: await listPastApprovals(reader, tenantId, environmentId) });
}

/** How long another deployment usually moves: as its service does there, else as all in its environment, else as all of the tenant. */
export async function loadUsualMoves(
  reader: Tx,
  tenantId: string,
  now: Date,
): Promise<(other: { serviceId: string; environmentId: string }) => number> {
  const moves = await findUsualMoves(reader, tenantId, new Date(now.getTime() - lookBackMs));
  const mean = (some: typeof moves): number | null => {
    const count = some.reduce((total, move) => total + move.count, 0);
    return count === 0 ? null : some.reduce((total, move) => total + move.ms * move.count, 0) / count;
  };
  return ({ serviceId, environmentId }) => {
    const there = moves.filter((move) => move.environmentId === environmentId);
    return mean(there.filter((move) => move.serviceId === serviceId)) ?? mean(there) ?? mean(moves) ?? assumedMoveMs;
  };
}
