export * from './find-service.ts';
export * from './find-environment.ts';
export * from './save-catalog.ts';
