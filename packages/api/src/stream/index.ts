export * from './hub.ts';
export * from './open-stream.ts';
