export * from './save-text.ts';
