export * from './register.ts';
export * from './replace-credential.ts';
export * from './change-purposes.ts';
export * from './remove-cluster.ts';
export * from './test-cluster.ts';
export * from './record-health.ts';
export * from './record-contact.ts';
