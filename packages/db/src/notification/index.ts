export * from './delivery.ts';
export * from './notification.ts';
export * from './receiver.ts';
export * from './save-delivery.ts';
