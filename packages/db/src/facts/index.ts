export * from './find-facts.ts';
