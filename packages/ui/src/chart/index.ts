export * from './metric-chart.tsx';
export * from './bar-chart.tsx';
