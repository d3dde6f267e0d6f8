export * from './put-back.ts';
export * from './read-deployed.ts';
