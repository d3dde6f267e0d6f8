export * from './segment-of.ts';
export * from './view.ts';
