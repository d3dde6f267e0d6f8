export * from './app-router.ts';
export * from './context.ts';
