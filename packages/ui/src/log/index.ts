export * from './ansi.ts';
export * from './log-view.tsx';
