export * from './theme-script.tsx';
export * from './theme-toggle.tsx';
