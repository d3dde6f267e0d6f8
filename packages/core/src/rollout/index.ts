export * from './view.ts';
export * from './step-text.ts';
export * from './metric-words.ts';
