import { exit } from './exit.ts';
import type { Exit } from './exit.ts';
import { findPlace } from './find-place.ts';
import type { NamedPlace } from './find-place.ts';
import type { Session } from './session.ts';

/** "Can I deploy now?": every rule, freeze, guardrail, gate and approval that was considered, what lifts it and when, and who can help. */
export async function canDeploy(session: Session, named: NamedPlace & { json: boolean }, out: (text: string) => void): Promise<Exit> {
  const { serviceId, environmentId, artifactId, title } = await findPlace(session, named);
  const answer = await session.api.deployment.explain.query({ tenant: session.tenant, serviceId, environmentId, artifactId });
  out(named.json ? `${JSON.stringify(answer, null, 2)}\n` : `${title}\n${answer.text.join('\n')}\n`);
  return answer.verdict.kind === 'allowed' ? exit.ok : exit.notNow;
}
