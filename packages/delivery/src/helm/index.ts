export * from './create-helm.ts';
export * from './cure-release.ts';
export { helmPlaces } from './env.ts';
export * from './locate-helm.ts';
export * from './release.ts';
export * from './run-helm.ts';
