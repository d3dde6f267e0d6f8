export * from './rights.ts';
export * from './actor.ts';
