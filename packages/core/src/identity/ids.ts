import { z } from 'zod';

/** A string that names one thing of one kind, so that two ids cannot be mixed up. */
const id = <Name extends string>(name: Name) =>
  z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9][a-z0-9_-]*$/, `not a valid ${name}`)
    .brand<Name>();

export const tenantId = id('TenantId');
export type TenantId = z.infer<typeof tenantId>;
export const userId = id('UserId');
export type UserId = z.infer<typeof userId>;
export const sessionId = id('SessionId');
export type SessionId = z.infer<typeof sessionId>;
export const serviceId = id('ServiceId');
export type ServiceId = z.infer<typeof serviceId>;
export const environmentId = id('EnvironmentId');
export type EnvironmentId = z.infer<typeof environmentId>;
export const targetId = id('TargetId');
export type TargetId = z.infer<typeof targetId>;
export const clusterId = id('ClusterId');
export type ClusterId = z.infer<typeof clusterId>;
export const runId = id('RunId');
export type RunId = z.infer<typeof runId>;
export const artifactId = id('ArtifactId');
export type ArtifactId = z.infer<typeof artifactId>;
export const deploymentId = id('DeploymentId');
export type DeploymentId = z.infer<typeof deploymentId>;
export const targetDeploymentId = id('TargetDeploymentId');
export type TargetDeploymentId = z.infer<typeof targetDeploymentId>;
export const approvalRequestId = id('ApprovalRequestId');
export type ApprovalRequestId = z.infer<typeof approvalRequestId>;
export const webhookSourceId = id('WebhookSourceId');
export type WebhookSourceId = z.infer<typeof webhookSourceId>;

/** Name of a tenant, service or environment in URLs and in clusters: a DNS label of at most 40 characters. */
export const slug = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes; begin with a letter and end with a letter or digit');

/** An image digest: `sha256:` and 64 lower-case hexadecimal digits (OCI image specification, descriptor digests). */
export const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 hexadecimal digits')
  .brand<'Digest'>();
export type Digest = z.infer<typeof digest>;
