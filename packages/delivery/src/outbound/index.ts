export * from './outbound.ts';
export { readAllowedPlaces } from './special-ranges.ts';
export type { AllowedPlaces } from './special-ranges.ts';
