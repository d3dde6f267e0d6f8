import type { RouterOutputs } from '@flow/api/client-types';
import { exit } from './exit.ts';
import type { Exit } from './exit.ts';
import type { Session } from './session.ts';

type Found = RouterOutputs['promotion']['whereIs']['found'][number];
type Place = Found['places'][number];

/** "Where is my commit now?": each environment and region, with the share of requests that it gets there. */
export async function whereIs(session: Session, asked: { commit: string; json: boolean }, out: (text: string) => void): Promise<Exit> {
  const answer = await session.api.promotion.whereIs.query({ tenant: session.tenant, commit: asked.commit });
  if (asked.json) out(`${JSON.stringify(answer, null, 2)}\n`);
  else if (answer.found.length === 0) out(`No service knows a commit that begins with ${asked.commit}.\n`);
  else for (const found of answer.found) out(`${linesOf(found, answer.environments).join('\n')}\n`);
  return answer.found.length === 0 ? exit.notNow : exit.ok;
}

function linesOf({ service, sha, message, places }: Found, environments: readonly { id: string; name: string }[]): string[] {
  const nameOf = (id: string): string => environments.find((one) => one.id === id)?.name ?? id;
  return [
    `${service.name}: ${sha.slice(0, 8)} ${message}`,
    ...places.map((place) => `  ${`${nameOf(place.environmentId)} ${place.region}`.padEnd(30)} ${words(place)}`),
  ];
}

function words({ state, weightPercent, running, change }: Place): string {
  switch (state) {
    case 'here':
      return `here${running === null ? '' : `, in ${running.version} since ${running.since}`}`;
    case 'arriving':
      return `arriving: ${weightPercent} % of requests`;
    case 'leaving':
      return `leaving: ${weightPercent} % of requests`;
    case 'waiting':
      return `waiting${change === null ? '' : ` in ${change.version}`}`;
    case 'notHere':
      return running === null ? 'nothing runs here' : `not here: ${running.version} runs`;
  }
}
