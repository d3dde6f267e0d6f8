export * from './find-policy.ts';
export * from './save-policy.ts';
