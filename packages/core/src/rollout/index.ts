export * from './view.ts';
export * from './step-text.ts';
