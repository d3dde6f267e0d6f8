export * from './external-check.ts';
export * from './question.ts';
export * from './save-question.ts';
