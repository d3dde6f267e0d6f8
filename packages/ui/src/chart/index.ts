export * from './metric-chart.tsx';
