export * from './explain-request.ts';
export * from './name-people.ts';
