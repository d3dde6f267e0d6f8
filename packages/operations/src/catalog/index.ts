export * from './create-environment.ts';
export * from './create-service.ts';
export * from './edit-service.ts';
export * from './service-fields.ts';
