export * from './exemption.ts';
export * from './review.ts';
