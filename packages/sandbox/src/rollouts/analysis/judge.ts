import type { AnalysisPhase } from '../model/status.ts';
import { conditionHolds } from './condition/evaluate-condition.ts';
import { ConditionError } from './condition/expression.ts';
import type { Metric } from './run-spec.ts';

/** What one measurement says. */
export interface Judgement {
  phase: AnalysisPhase;
  message: string;
}

/**
 * Success and failure condition applied to a measured value. With only one of them the other is its opposite; with none every value is a
 * success; with both, a value that meets neither is inconclusive. A condition that cannot be worked out is an error.
 * (`EvaluateResult`, argo-rollouts `utils/evaluate/evaluate.go`.)
 */
export function judge(metric: Pick<Metric, 'successCondition' | 'failureCondition'>, result: unknown): Judgement {
  const success = check('successCondition', metric.successCondition, result);
  if (typeof success === 'object') return success;
  const failure = check('failureCondition', metric.failureCondition, result);
  if (typeof failure === 'object') return failure;
  const failed = failure ?? success === false;
  const succeeded = success ?? failure !== true;
  if (failed) return { phase: 'Failed', message: '' };
  return { phase: succeeded ? 'Successful' : 'Inconclusive', message: '' };
}

function check(name: string, condition: string | null | undefined, result: unknown): boolean | undefined | Judgement {
  if (!condition) return undefined;
  try {
    return conditionHolds(condition, result);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const isEmpty = result === null || result === undefined || (Array.isArray(result) && result.length === 0);
    const cause = isEmpty ? 'metric result is nil or empty: no data returned from the metric provider' : error.message;
    return { phase: 'Error', message: `could not evaluate ${name} "${condition}": ${cause}` };
  }
}
