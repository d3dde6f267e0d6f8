export * from './verdict.ts';
export * from './evaluate.ts';
export { exemptionsInEffect } from './exempted.ts';
export type { Item } from './finding.ts';
export { quarantineSentence } from './own-rules.ts';
export * from './governance.ts';
export * from './judge-moving.ts';
export * from './said.ts';
export * from './verdict-record.ts';
