export * from './light.ts';
export * from './room.ts';
export * from './back-by-region.ts';
