export * from './circle.ts';
export * from './in-turn.ts';
export * from './limits.ts';
export * from './reach.ts';
export * from './waits-for.ts';
