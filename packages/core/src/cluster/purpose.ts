import { z } from 'zod';

/** What a cluster is connected for: where it takes releases only, it needs no Argo Workflows and Flow gets no rights on them. */
export const clusterPurposes = ['pipelines', 'releases'] as const;
export const clusterPurpose = z.enum(clusterPurposes);
export type ClusterPurpose = z.infer<typeof clusterPurpose>;

/** One purpose at least, each once, in the order of the table. */
export const clusterPurposeSet = z
  .array(clusterPurpose)
  .min(1, 'choose at least one')
  .max(clusterPurposes.length)
  .transform((wanted) => clusterPurposes.filter((purpose) => wanted.includes(purpose)));
