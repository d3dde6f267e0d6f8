export * from './tenant.ts';
export * from './world.ts';
export * from './expectations.ts';
