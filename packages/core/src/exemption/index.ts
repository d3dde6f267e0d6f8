export * from './exemption.ts';
export * from './review.ts';
export * from './state.ts';
