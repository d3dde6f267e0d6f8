export * from './open-tracing.ts';
