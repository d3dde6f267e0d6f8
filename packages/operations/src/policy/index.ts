export * from './archive-policy.ts';
export * from './parse-policy.ts';
export * from './preview-scope.ts';
export * from './read-draft.ts';
export * from './save-policy.ts';
