export * from './choose-start.ts';
export * from './list-queue.ts';
export * from './load-turn.ts';
export * from './wake-next.ts';
