export * from './web-metrics.ts';
export * from './worker-metrics.ts';
