import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PodLogs } from '../store/pod-logs.ts';
import { notFound, qualifiedName } from '../store/api-error.ts';
import type { WatchableStore } from '../store/create-store.ts';
import type { Clock, Resource, ResourceName } from '../store/store.ts';
import type { Admission } from './admission/admission.ts';
import type { Identity } from './gate/identity.ts';

/** What the verbs of one API server work on. */
export interface ServerParts {
  store: WatchableStore;
  clock: Clock;
  admission: Admission;
  podLogs: PodLogs | undefined;
  /** What visitors of a Service have seen lately; undefined where there is no such Service, a text where the question is wrong. */
  traffic: (query: URLSearchParams) => object | string | undefined;
  /** How often a watch that asks for bookmarks gets one. */
  bookmarkIntervalMs: number;
}

/** The resource that a path names. */
export interface Target {
  resource: Resource;
  resourceName: ResourceName;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** One request, after the gate has let it in. */
export interface ApiRequest {
  method: string;
  url: URL;
  query: URLSearchParams;
  identity: Identity;
  incoming: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the client goes away or the server stops. */
  signal: AbortSignal;
}

/** What a verb answers with; `undefined` when it has written a stream itself. */
export type ApiAnswer = { status: number; body: unknown; contentType?: string } | undefined;

/** Finds the resource in `/api/v1/…` or `/apis/{group}/{version}/…`; undefined for a path that is something else. */
export function parseTarget(store: WatchableStore, pathname: string): Target | undefined {
  const segments = pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment);
  const place = placeOf(segments);
  if (place === undefined) return undefined;
  const { group, version, rest } = place;
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && !isNamespaceSubresource(rest);
  const [plural = '', name, subresource] = inNamespace ? rest.slice(2) : rest;
  const resource = store.resources.find((one) => one.group === group && one.version === version && one.plural === plural);
  if (resource === undefined) throw notFound({ plural, group }, name ?? '');
  return {
    resource,
    resourceName: qualifiedName(resource),
    ...defined({ namespace: inNamespace ? rest[1] : undefined, name, subresource }),
  };
}

function placeOf(segments: readonly string[]): { group: string; version: string; rest: readonly string[] } | undefined {
  const [prefix, ...others] = segments;
  const [group, version, ...rest] = prefix === 'api' ? ['', ...others] : others;
  if ((prefix !== 'api' && prefix !== 'apis') || group === undefined || version === undefined || rest.length === 0) return undefined;
  return { group, version, rest };
}

function defined(parts: {
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}): Pick<Target, 'namespace' | 'name' | 'subresource'> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

/** `/namespaces/{name}/status` and `/finalize` belong to the namespace itself. */
function isNamespaceSubresource(segments: readonly string[]): boolean {
  return segments.length === 3 && (segments[2] === 'status' || segments[2] === 'finalize');
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
