export * from './approval.ts';
export * from './electorate.ts';
export * from './save-approval.ts';
export * from './stand-in.ts';
