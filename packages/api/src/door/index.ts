export * from './admit-request.ts';
export * from './handle-request.ts';
