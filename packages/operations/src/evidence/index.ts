export * from './report-evidence.ts';
export * from './of-run.ts';
export * from './tick.ts';
export * from './attest.ts';
export * from './trust-key.ts';
export * from './judge-artifact.ts';
