export { externalsToAsk } from './external.ts';
export type { GateSubject } from './external.ts';
export * from './gate.ts';
export * from './judge-gate.ts';
export * from './report.ts';
