import { AnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import { AnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import { ClusterAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/ClusterAnalysisTemplate';
import { Experiment } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Experiment';
import { Rollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import { Workflow } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Workflow';
import { WorkflowTemplate } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/WorkflowTemplate';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { ReplicaSet } from 'kubernetes-models/apps/v1/ReplicaSet';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Lease } from 'kubernetes-models/coordination.k8s.io/v1/Lease';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import { ClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Event } from 'kubernetes-models/v1/Event';
import { LimitRange } from 'kubernetes-models/v1/LimitRange';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Pod } from 'kubernetes-models/v1/Pod';
import { ResourceQuota } from 'kubernetes-models/v1/ResourceQuota';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { z } from 'zod';
import type { FieldError } from '../../store/field-error.ts';
import type { JsonObject } from '../wire/json-object.ts';
import { asClientSent, asSchemaExpects, isOptionalInJson } from './workflow-json.ts';

/** Validators that Ajv compiled from the published schemas of Kubernetes, Argo Rollouts and Argo Workflows. */
const MODELS: Readonly<Record<string, { prototype: { validate: () => void } }>> = {
  AnalysisRun,
  AnalysisTemplate,
  ClusterAnalysisTemplate,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  Deployment,
  Event,
  Experiment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  Lease,
  LimitRange,
  Namespace,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  ResourceQuota,
  Role,
  RoleBinding,
  Rollout,
  Secret,
  Service,
  ServiceAccount,
  Workflow,
  WorkflowTemplate,
};

const ajvErrors = z.object({
  errors: z.array(
    z.object({
      instancePath: z.string(),
      keyword: z.string(),
      params: z.record(z.string(), z.unknown()),
      message: z.string().optional(),
    }),
  ),
});

type AjvError = z.infer<typeof ajvErrors>['errors'][number];

/** What the kind's published schema has against the object, each with its field path. */
export function schemaErrors(kind: string, object: JsonObject): FieldError[] {
  const model = MODELS[kind];
  if (model === undefined) return [];
  try {
    model.prototype.validate.call(isWorkflow(kind) ? asSchemaExpects(object) : object);
    return [];
  } catch (error) {
    const parsed = ajvErrors.safeParse(error);
    if (!parsed.success) throw error;
    const errors = isWorkflow(kind) ? inWorkflowJson(parsed.data.errors) : parsed.data.errors;
    return toFieldErrors(errors);
  }
}

function isWorkflow(kind: string): boolean {
  return kind === 'Workflow' || kind === 'WorkflowTemplate';
}

function inWorkflowJson(errors: readonly AjvError[]): AjvError[] {
  return errors
    .filter((error) => error.keyword !== 'required' || !isOptionalInJson(error.instancePath, String(error.params['missingProperty'] ?? '')))
    .map((error) => ({ ...error, instancePath: asClientSent(error.instancePath) }));
}

/** One error for each field; a choice between schemas is reported by its branches. */
function toFieldErrors(errors: readonly AjvError[]): FieldError[] {
  const byField = new Map<string, FieldError>();
  for (const error of errors) {
    if (error.keyword === 'oneOf' || error.keyword === 'anyOf') continue;
    const fieldError = toFieldError(error);
    if (!byField.has(fieldError.field)) byField.set(fieldError.field, fieldError);
  }
  return [...byField.values()];
}

function toFieldError(error: AjvError): FieldError {
  const field = fieldPath(error.instancePath);
  switch (error.keyword) {
    case 'required': {
      const missing = String(error.params['missingProperty'] ?? '');
      return { field: field === '' ? missing : `${field}.${missing}`, message: 'Required value', reason: 'FieldValueRequired' };
    }
    case 'enum': {
      const allowed = error.params['allowedValues'];
      const listed = Array.isArray(allowed) ? allowed.map((value) => JSON.stringify(value)).join(', ') : '';
      return { field, message: `Unsupported value: supported values: ${listed}`, reason: 'FieldValueNotSupported' };
    }
    default:
      return { field, message: `Invalid value: ${error.message ?? error.keyword}` };
  }
}

/** `/spec/containers/0/name` as Kubernetes writes it: `spec.containers[0].name`. */
function fieldPath(instancePath: string): string {
  let path = '';
  for (const segment of instancePath.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(name)) path += `[${name}]`;
    else path += path === '' ? name : `.${name}`;
  }
  return path;
}
