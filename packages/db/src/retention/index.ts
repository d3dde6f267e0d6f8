export * from './forget.ts';
