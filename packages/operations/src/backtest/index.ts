export * from './backtest-draft.ts';
