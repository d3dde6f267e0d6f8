export * from './check-manifest.ts';
export * from './describe-chart.ts';
export * from './render-chart.ts';
export * from './describe-workload.ts';
