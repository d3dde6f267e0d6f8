export * from './read-insight.ts';
