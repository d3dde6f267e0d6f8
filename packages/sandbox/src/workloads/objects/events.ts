import { createHash } from 'node:crypto';
import { toTime, type Controller, type KubeObject, type SandboxContext } from '../../store/index.ts';

export interface EventNote {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

const EVENTS = 'events';
const TTL_MS = 3_600_000;
const SWEEP_MS = 600_000;

/** Writes a `v1` Event about the object. The same words about the same object raise the count of the event that is there. */
export function recordEvent(ctx: SandboxContext, about: KubeObject, source: { component: string; note: EventNote }): void {
  const { component, note } = source;
  const { name, namespace, uid, resourceVersion } = about.metadata;
  if (namespace === undefined) return;
  const at = toTime(ctx.clock.now());
  const digest = createHash('sha256').update(`${uid}\n${note.reason}\n${note.message}`).digest('hex').slice(0, 16);
  const key = { namespace, name: `${name}.${digest}` };
  const known = ctx.store.modify(EVENTS, key, (draft) => {
    draft['count'] = (typeof draft['count'] === 'number' ? draft['count'] : 1) + 1;
    draft['lastTimestamp'] = at;
  });
  if (known !== undefined) return;
  ctx.store.create(EVENTS, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: key,
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
    type: note.type,
    reason: note.reason,
    message: note.message,
    source: { component },
    reportingComponent: component,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  });
}

/** Deletes events an hour after they last happened, as a real API server does. */
export function createEventSweeper(ctx: SandboxContext): Controller {
  let cancel: (() => void) | undefined;
  const sweep = (): void => {
    const oldest = toTime(new Date(ctx.clock.now().getTime() - TTL_MS));
    for (const event of ctx.store.list(EVENTS)) {
      const last = event['lastTimestamp'] ?? event.metadata.creationTimestamp;
      if (typeof last === 'string' && last < oldest) ctx.store.delete(EVENTS, event.metadata);
    }
    cancel = ctx.clock.after(SWEEP_MS, sweep);
  };
  return {
    start: () => {
      cancel = ctx.clock.after(SWEEP_MS, sweep);
    },
    stop: async () => cancel?.(),
  };
}
