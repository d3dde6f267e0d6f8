export * from './canonical-json.ts';
export * from './chart-values.ts';
export * from './layer-values.ts';
export * from './values-text.ts';
