export * from './context.ts';
export * from './parse-input.ts';
