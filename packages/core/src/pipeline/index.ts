export * from './definition.ts';
export * from './stages.ts';
export * from './parse.ts';
export * from './state.ts';
export * from './snapshot.ts';
export * from './decide-run.ts';
export { isTimeToPark, parkAfterMs } from './park.ts';
