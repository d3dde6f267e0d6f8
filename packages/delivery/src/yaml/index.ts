export * from './parse-untrusted.ts';
