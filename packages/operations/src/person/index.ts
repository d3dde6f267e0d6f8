export * from './create.ts';
export * from './disable.ts';
