/** Label of ReplicaSets, Pods, AnalysisRuns and Experiments, and key in a Service's selector: which pod template they belong to. */
export const POD_HASH_LABEL = 'rollouts-pod-template-hash';
/** Annotation of Rollouts, ReplicaSets, AnalysisRuns and Experiments. */
export const REVISION_ANNOTATION = 'rollout.argoproj.io/revision';
/** Annotation of a ReplicaSet: `spec.replicas` of the Rollout when it was last scaled. */
export const DESIRED_REPLICAS_ANNOTATION = 'rollout.argoproj.io/desired-replicas';
/** Annotation of a ReplicaSet that is kept for a while: RFC 3339 time at which it may go. */
export const SCALE_DOWN_DEADLINE_ANNOTATION = 'scale-down-deadline';
/** Annotation of a Service whose selector a Rollout switches: the Rollout's name. */
export const MANAGED_BY_ANNOTATION = 'argo-rollouts.argoproj.io/managed-by-rollouts';
/** Label of AnalysisRuns: Step, Background, PrePromotion or PostPromotion. */
export const ROLLOUT_TYPE_LABEL = 'rollout-type';
/** Label of AnalysisRuns and of what belongs to one canary step. */
export const STEP_INDEX_LABEL = 'step-index';
/** Annotations of an Experiment's ReplicaSets. */
export const EXPERIMENT_NAME_ANNOTATION = 'experiment.argoproj.io/name';
export const EXPERIMENT_TEMPLATE_ANNOTATION = 'experiment.argoproj.io/template-name';
/** Label of an object that another controller looks after, as with argo-rollouts' `--instance-id`: this one leaves it alone. */
export const INSTANCE_LABEL = 'argo-rollouts.argoproj.io/controller-instance-id';
