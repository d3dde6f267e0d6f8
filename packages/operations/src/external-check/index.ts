export * from './answer-later.ts';
export * from './ask.ts';
export * from './ask-again.ts';
export * from './call.ts';
export * from './create-external.ts';
export * from './remove-external.ts';
