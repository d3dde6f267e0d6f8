export * from './session.ts';
export * from './log-in-attempt.ts';
