import type { RouterOutputs } from '@flow/api/client-types';

export type DeploymentDetail = RouterOutputs['deployment']['get'];
export type TargetDetail = DeploymentDetail['targets'][number];
export type Observed = NonNullable<TargetDetail['observed']>;
