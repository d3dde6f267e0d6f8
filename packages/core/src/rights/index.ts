export * from './rights.ts';
export * from './actor.ts';
export * from './token-scope.ts';
