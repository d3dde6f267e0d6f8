import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { regionDir } from './places.ts';

/** Where the API server of a region writes down what Flow's account asks of it. */
export function auditLogPath(region: string): string {
  return regionDir(region, 'logs', 'audit.log');
}

/** Something that Flow asked of an API server. */
export interface Asked {
  verb: string;
  /** As a role names it: `rollouts/status`. Empty for what is no resource, such as `/version`. */
  resource: string;
  group: string;
  status: number;
  /** The program that asked, as it calls itself: `Helm/4.1.4`. */
  by: string;
}

const event = z.looseObject({
  verb: z.string(),
  requestReceivedTimestamp: z.string(),
  userAgent: z.string().default(''),
  objectRef: z
    .looseObject({ resource: z.string().default(''), subresource: z.string().optional(), apiGroup: z.string().default('') })
    .optional(),
  responseStatus: z.looseObject({ code: z.number() }).optional(),
});

/** All that Flow's account asked of a region's API server since a moment. */
export function askedSince(region: string, since: Date): Asked[] {
  const path = auditLogPath(region);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => event.parse(JSON.parse(line)))
    .filter(({ requestReceivedTimestamp }) => new Date(requestReceivedTimestamp) >= since)
    .map(({ verb, objectRef, responseStatus, userAgent }) => ({
      verb,
      resource: [objectRef?.resource, objectRef?.subresource].filter((part) => part !== undefined && part !== '').join('/'),
      group: objectRef?.apiGroup ?? '',
      status: responseStatus?.code ?? 200,
      by: userAgent,
    }));
}
