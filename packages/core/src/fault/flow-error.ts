/** What went wrong, as a closed list: callers decide on it, doors map it to HTTP, tRPC and exit codes. */
export const faultCodes = [
  /** The input is not of the right form; `fields` says where. */
  'invalid',
  /** Nobody is logged in, or the session has ended. */
  'unauthenticated',
  /** Logged in, but without the right. */
  'forbidden',
  /** Not there, or not in this tenant: the two are not told apart. */
  'notFound',
  /** Someone else was faster; look again. */
  'conflict',
  /** The thing is not in a state in which this can be done. */
  'precondition',
  /** Too much at once; try later. */
  'limited',
  /** A cluster, registry or repository did not answer or refused. */
  'upstream',
  /** A fault of Flow itself. */
  'internal',
] as const;
export type FaultCode = (typeof faultCodes)[number];

/** Who must act to mend it. */
export type FaultOwner = 'caller' | 'configuration' | 'cluster' | 'registry' | 'flow';

export interface FieldFault {
  /** Path of the field, for example `stages.2.needs.0` or `line 4, column 7`. */
  path: string;
  message: string;
}

export interface FlowErrorFields {
  code: FaultCode;
  owner?: FaultOwner;
  /** Public: what happened, to what, what to do. */
  message: string;
  fields?: readonly FieldFault[];
  /** Of `limited`: when to try again. */
  retryAfterSeconds?: number;
  /** For the log only. */
  detail?: string;
  cause?: unknown;
}

/** The one error of Flow: `message` may be shown to people, `detail` and `cause` may not. */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  readonly code: FaultCode;
  readonly owner: FaultOwner;
  readonly fields: readonly FieldFault[];
  readonly retryAfterSeconds: number | null;
  readonly detail: string | undefined;

  constructor(fault: FlowErrorFields) {
    super(fault.message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.code = fault.code;
    this.owner = fault.owner ?? (fault.code === 'internal' ? 'flow' : fault.code === 'upstream' ? 'cluster' : 'caller');
    this.fields = fault.fields ?? [];
    this.retryAfterSeconds = fault.retryAfterSeconds ?? null;
    this.detail = fault.detail;
  }
}
