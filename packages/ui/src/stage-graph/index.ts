export * from './columns.ts';
export * from './stage-graph.tsx';
