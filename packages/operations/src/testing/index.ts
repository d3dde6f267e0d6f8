export * from './tenant.ts';
export * from './world.ts';
export * from './expectations.ts';
export * from './facts.ts';
export * from './attestation.ts';
