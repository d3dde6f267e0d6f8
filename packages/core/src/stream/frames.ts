/**
 * What a live page is told. A change says what changed and enough to redraw the row (slim), never a whole object;
 * a page that needs more refetches the one query that it shows.
 * Topics: `tenant:<tenantId>` (lists, home, inbox), `deployment:<id>`, `run:<id>`, `service:<id>`, `log:<runId>:<stepId>`.
 */
export const frameTypes = [
  'deployment.changed',
  'target.changed',
  'run.changed',
  'stage.changed',
  'log.appended',
  'approval.changed',
  'artifact.created',
  'cluster.changed',
  'membership.changed',
  'service.changed',
  'policy.changed',
  'incident.changed',
  'exemption.changed',
  'evidence.changed',
  'audit.appended',
] as const;
export type FrameType = (typeof frameTypes)[number];

/** One event as a browser receives it. */
export interface Frame {
  /** The cursor `<txId>.<position>` to resume after. */
  id: string;
  type: FrameType;
  at: string;
  topics: string[];
  data: Record<string, unknown>;
}

/** Whether this is a frame. Written out, since every page asks it and none should load a library of schemas for it. */
export function isFrame(data: unknown): data is Frame {
  if (!isRecord(data) || !isRecord(data['data']) || !Array.isArray(data['topics'])) return false;
  const { id, at, type, topics } = data;
  return (
    typeof id === 'string' &&
    typeof at === 'string' &&
    topics.every((topic) => typeof topic === 'string') &&
    frameTypes.some((known) => known === type)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
