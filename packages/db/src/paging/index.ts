export * from './keyset.ts';
