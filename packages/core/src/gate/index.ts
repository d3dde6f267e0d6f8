export * from './gate.ts';
export * from './judge-gate.ts';
