export * from './append.ts';
export * from './read.ts';
export * from './announce.ts';
