import type { FrameType } from '@flow/core/stream';
import type { Tx } from '../client/index.ts';
import type { Prisma } from '../generated/client.ts';

export interface NewEvent {
  tenantId: string;
  /** Topics of the pages that show it, for example `deployment:<id>` and `tenant:<id>`. */
  topics: readonly string[];
  type: FrameType;
  /** Slim and free of secrets: it goes to every browser that watches one of the topics. */
  data: Prisma.InputJsonObject;
}

/** Appends to the event log in the caller's transaction: readers see the events exactly when the change itself is committed. */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.event.createMany({ data: events.map((event) => ({ ...event, topics: [...event.topics] })) });
}
