export * from './dialog.tsx';
export * from './confirm-dialog.tsx';
