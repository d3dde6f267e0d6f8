export * from './answer.ts';
export * from './question.ts';
export * from './settings.ts';
