export * from './foresee-draft.ts';
export * from './foresee-request.ts';
