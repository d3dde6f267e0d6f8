export * from './ladder.tsx';
