export * from './address-key.ts';
export * from './limits.ts';
export * from './rate-limiter.ts';
