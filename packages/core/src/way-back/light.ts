import { z } from 'zod';
import { amountText } from './room.ts';
import type { Shortage } from './room.ts';

/**
 * Whether a rollback in one region would succeed now.
 * - `works`: everything that it needs was seen. - `doubtful`: something stands in its way that can be mended, or could not be seen. - `none`: there is none.
 */
export const wayBackLight = z.enum(['works', 'doubtful', 'none']);
export type WayBackLight = z.infer<typeof wayBackLight>;

/** Something that was looked at and may not have been told: a cluster or a repository did not answer. */
interface NotKnown {
  state: 'notKnown';
  why: string;
}

/** The version that a rollback brings back, and what was seen of it. */
export interface WayBackVersion {
  version: string;
  /** Whether its chart gives a manifest that may be applied. */
  manifest: { state: 'renders' } | { state: 'broken'; why: string } | NotKnown;
  /** The Helm revision under which the cluster still keeps it; null when it does not, or when that could not be seen. */
  keptRevision: number | null;
  /** Whether the quotas of the namespace leave room for it. */
  room: { state: 'unlimited' } | { state: 'fits' } | { state: 'short'; shortage: Shortage } | NotKnown;
}

/** All that the light of a service in a region depends on. */
export interface WayBackFacts {
  /** The version that runs there. */
  running: string;
  /** Null when no other version was healthy there before, or all that were are in quarantine. */
  previous: WayBackVersion | null;
  isInQuarantine: boolean;
}

/** The light with the sentence that says why. */
export interface WayBack {
  light: WayBackLight;
  sentence: string;
}

/** Whether the way back works, from what was seen. */
export function judgeWayBack({ running, previous, isInQuarantine }: WayBackFacts): WayBack {
  if (previous === null)
    return {
      light: 'none',
      sentence: isInQuarantine
        ? `Every other version that was healthy here before ${running} is in quarantine`
        : `No other version was healthy here before ${running}: there is nothing to go back to`,
    };
  const { version, manifest, keptRevision } = previous;
  if (manifest.state === 'broken' && keptRevision === null)
    return { light: 'none', sentence: `${version} cannot be prepared any more: ${manifest.why}` };
  const doubts = [manifestDoubt(previous), roomDoubt(previous)].filter((doubt) => doubt !== null);
  if (doubts.length > 0) return { light: 'doubtful', sentence: doubts.join('. ') };
  const room = previous.room.state === 'unlimited' ? 'no quota limits it' : 'the quota has room for it';
  return { light: 'works', sentence: `${version} was healthy here before, its chart renders, and ${room}` };
}

/** While its cluster cannot be reached nothing can be rolled back there, whatever was seen before. */
export function whileUnreachable({ light, sentence }: WayBack, clusterName: string): WayBack {
  return light === 'works'
    ? { light: 'doubtful', sentence: `${clusterName} cannot be reached at the moment. ${sentence}` }
    : { light, sentence };
}

function manifestDoubt({ version, manifest, keptRevision }: WayBackVersion): string | null {
  switch (manifest.state) {
    case 'renders':
      return null;
    case 'broken':
      return `${version} cannot be prepared any more, only Helm revision ${keptRevision ?? ''} still holds it: ${manifest.why}`;
    case 'notKnown':
      return `Whether ${version} can still be prepared is not known: ${manifest.why}`;
  }
}

function roomDoubt({ version, room }: WayBackVersion): string | null {
  switch (room.state) {
    case 'unlimited':
    case 'fits':
      return null;
    case 'short': {
      const { quota, resource, left, needed } = room.shortage;
      return `The quota ${quota} leaves ${amountText(resource, left)} of ${resource}, and going back to ${version} needs ${amountText(resource, needed)}`;
    }
    case 'notKnown':
      return `Whether there is room for ${version} is not known: ${room.why}`;
  }
}
