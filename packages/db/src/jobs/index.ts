export * from './wake.ts';
export * from './take.ts';
export * from './count.ts';
export * from './dead.ts';
export * from './wake-way-backs.ts';
