export * from './matrix.ts';
export * from './compare.ts';
export * from './commits.ts';
export * from './where-is.ts';
export * from './repeat.ts';
export * from './edited-since.ts';
export * from './promotion-rule.ts';
export * from './next-promotion.ts';
