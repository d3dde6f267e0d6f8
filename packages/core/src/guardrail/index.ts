export * from './guardrail.ts';
export * from './check-plan.ts';
export * from './check-run.ts';
export * from './nearest-plan.ts';
