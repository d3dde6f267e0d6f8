export * from './foresee.ts';
export * from './foresight.ts';
export * from './usual.ts';
export * from './usual-load.ts';
export { expectOthers } from './world.ts';
export type { Expected, World } from './world.ts';
