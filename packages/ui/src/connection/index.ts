export * from './connection-indicator.tsx';
