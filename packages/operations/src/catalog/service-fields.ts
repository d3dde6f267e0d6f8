import { slug } from '@flow/core/identity';
import { chartSource, layerValues, serviceRuntime, workingHours } from '@flow/db/catalog';
import { z } from 'zod';

/** A repository that a workflow step can clone: https or ssh, or a path for git on this machine (`file://`, for the demo and tests). */
const repositoryUrl = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^(https?:\/\/|ssh:\/\/|git@|file:\/\/)[\x21-\x7e]+$/, 'give an address that begins with https://, ssh://, git@ or file://');

/** A branch name as git allows it (git-check-ref-format), without what a shell or an argument list could misread. */
const branchName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!-)(?!.*\.\.)(?!.*\/\/)[A-Za-z0-9._/-]+(?<![./])$/, 'not a branch name');

const labels = z.record(z.string().min(1).max(64), z.string().max(64)).refine((all) => Object.keys(all).length <= 50, 'at most 50 labels');

/** What people may say about a service. */
export const serviceFields = z.strictObject({
  name: z.string().trim().min(1).max(100),
  description: z.string().trim().max(2_000).default(''),
  runtime: serviceRuntime.default('container'),
  tier: z.number().int().min(1).max(4).default(3),
  owner: z.string().trim().max(100).default(''),
  repositoryUrl,
  defaultBranch: branchName.default('main'),
  chart: chartSource.default({ kind: 'flow' }),
  values: layerValues.default({}),
  /** Slugs of services of the same tenant. */
  dependsOn: z.array(slug).max(100).default([]),
  labels: labels.default({}),
  workingHours: workingHours.nullable().default(null),
});

export const createServiceInput = serviceFields.extend({ slug });

/** Any of the fields; what is left out stays. */
export const editServiceInput = z.strictObject({
  serviceId: z.string().min(1).max(64),
  name: z.string().trim().min(1).max(100).optional(),
  description: z.string().trim().max(2_000).optional(),
  tier: z.number().int().min(1).max(4).optional(),
  owner: z.string().trim().max(100).optional(),
  repositoryUrl: repositoryUrl.optional(),
  defaultBranch: branchName.optional(),
  chart: chartSource.optional(),
  values: layerValues.optional(),
  dependsOn: z.array(slug).max(100).optional(),
  labels: labels.optional(),
  workingHours: workingHours.nullable().optional(),
});
