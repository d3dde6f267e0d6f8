export * from './context.ts';
export * from './faults.ts';
export * from './init.ts';
export * from './policy.ts';
export * from './schemas.ts';
