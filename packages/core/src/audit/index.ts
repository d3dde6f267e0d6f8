export * from './entry.ts';
export * from './chain.ts';
export * from './checkpoint.ts';
export * from './export-lines.ts';
