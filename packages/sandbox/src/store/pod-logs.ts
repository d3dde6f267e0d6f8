import type { KubeObject } from './object.ts';

/** What `GET pods/{name}/log` may ask for. */
export interface PodLogOptions {
  /** Keep the stream open until the container ends. */
  follow: boolean;
  /** Only so many lines from the end. */
  tailLines?: number;
  /** Only lines written at or after this moment. */
  sinceTime?: Date;
  /** Each line begins with its RFC 3339 time. */
  timestamps: boolean;
  /** Stop after so many bytes. */
  limitBytes?: number;
}

/** Where the log of a pod is read. Throws `ApiError` 400 while the container has not started. */
export interface PodLogs {
  open(pod: KubeObject, container: string, options: PodLogOptions, signal: AbortSignal): AsyncIterable<Uint8Array>;
}
