export * from './approval.ts';
export * from './save-approval.ts';
