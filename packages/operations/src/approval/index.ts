export * from './close.ts';
export * from './request.ts';
export * from './vote.ts';
