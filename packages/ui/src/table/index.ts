export * from './table.tsx';
export * from './pager.tsx';
