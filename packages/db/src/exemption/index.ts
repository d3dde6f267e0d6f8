export * from './find-exemption.ts';
export * from './find-givers.ts';
export * from './save-exemption.ts';
