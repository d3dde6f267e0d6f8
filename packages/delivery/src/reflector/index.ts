export { type Change } from './known-objects.ts';
export * from './reflect.ts';
