export * from './state.ts';
export * from './plan.ts';
