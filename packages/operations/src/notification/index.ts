export * from './approval-link.ts';
export * from './channel.ts';
export * from './deliver.ts';
export * from './retry.ts';
export * from './settings.ts';
export * from './spread.ts';
export * from './tell.ts';
