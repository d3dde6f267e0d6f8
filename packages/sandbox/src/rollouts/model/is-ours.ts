import type { KubeObject } from '../../store/index.ts';
import { INSTANCE_LABEL } from './labels.ts';

/** Whether these controllers act on an object: it is not on its way out, and no other controller's. */
export function isOurs(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp === undefined && object.metadata.labels?.[INSTANCE_LABEL] === undefined;
}
