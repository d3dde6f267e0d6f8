export * from './find-exemption.ts';
export * from './save-exemption.ts';
