export * from './create-environment.ts';
export * from './create-service.ts';
export * from './edit-service.ts';
export * from './service-fields.ts';
export * from './edit-environment.ts';
export * from './archive-environment.ts';
