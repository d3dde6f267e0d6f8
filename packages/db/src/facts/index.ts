export * from './find-facts.ts';
export * from './find-stages.ts';
export * from './find-usual.ts';
