export * from './explanation.ts';
export * from './explain.ts';
export * from './as-text.ts';
export * from './mend-plan.ts';
export type { AllPolicies } from './subject.ts';
