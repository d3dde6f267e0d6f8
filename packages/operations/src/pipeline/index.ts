export * from './answer-gate.ts';
export * from './cancel.ts';
export * from './retry.ts';
export * from './start.ts';
