export * from './calls.ts';
export * from './walk-inputs.ts';
