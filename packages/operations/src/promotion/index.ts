export * from './quarantine.ts';
export * from './release-quarantine.ts';
export * from './pin.ts';
export * from './release-pin.ts';
export * from './foresee-promotions.ts';
export * from './promote-by-rule.ts';
