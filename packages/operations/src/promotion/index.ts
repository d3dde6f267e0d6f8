export * from './quarantine.ts';
export * from './release-quarantine.ts';
export * from './pin.ts';
export * from './release-pin.ts';
