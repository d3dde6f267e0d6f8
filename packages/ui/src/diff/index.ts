export * from './diff-view.tsx';
export * from './lines.ts';
