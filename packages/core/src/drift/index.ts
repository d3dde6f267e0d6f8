export { compareObject } from './compare.ts';
export { findDrift, nameOf } from './find-drift.ts';
export type { FoundDrift, ObjectPair } from './find-drift.ts';
export type { JsonObject } from './json.ts';
export { mended, mergePatch } from './mend.ts';
export { reapplyMayBecome, reapplyState } from './reapply.ts';
export type { ReapplyState } from './reapply.ts';
export { redact } from './redact.ts';
