export * from './find-matrix.ts';
export * from './find-comparison.ts';
export * from './commits.ts';
export * from './on-its-way.ts';
export * from './quarantine.ts';
export * from './pin.ts';
export * from './find-underway.ts';
export * from './wake-promotions.ts';
