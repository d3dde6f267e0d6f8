export * from './load-for-decision.ts';
export * from './save-decision.ts';
export * from './save-effects.ts';
