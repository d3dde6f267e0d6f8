export * from './find-way-back.ts';
export * from './save-way-back.ts';
export * from './find-regions-behind.ts';
