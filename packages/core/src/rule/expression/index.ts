export * from './cel-facts.ts';
export * from './compile.ts';
export * from './declaration.ts';
export { globMatches } from './environment.ts';
export { maxCost } from './cost.ts';
export * from './message.ts';
export * from './shown-inputs.ts';
export * from './time-use.ts';
export * from './wall-clock.ts';
