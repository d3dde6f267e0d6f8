export * from './light.ts';
export * from './room.ts';
