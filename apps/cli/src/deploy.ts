import { exit } from './exit.ts';
import type { Exit } from './exit.ts';
import { findPlace } from './find-place.ts';
import type { NamedPlace } from './find-place.ts';
import type { Session } from './session.ts';

/** Asks for a deployment and says where to watch it. It waits for whatever it must wait for, and starts by itself then. */
export async function deploy(session: Session, named: NamedPlace & { json: boolean }, out: (text: string) => void): Promise<Exit> {
  const { title, ...place } = await findPlace(session, named);
  const { deploymentId } = await session.api.deployment.ask.mutate({ tenant: session.tenant, ...place });
  const page = session.page(`/deployments/${deploymentId}`);
  out(named.json ? `${JSON.stringify({ deploymentId, page })}\n` : `Asked for ${title}.\n${page}\n`);
  return exit.ok;
}
