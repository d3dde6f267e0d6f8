export * from './remove-group.ts';
export * from './save-group.ts';
