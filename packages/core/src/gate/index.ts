export * from './gate.ts';
export * from './judge-gate.ts';
export * from './report.ts';
