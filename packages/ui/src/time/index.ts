export * from './format.ts';
export * from './time.tsx';
