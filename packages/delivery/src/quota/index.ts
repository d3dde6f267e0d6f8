export * from './pod-needs.ts';
export * from './read-quotas.ts';
