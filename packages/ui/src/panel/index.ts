export * from './panel.tsx';
export * from './tabs.tsx';
