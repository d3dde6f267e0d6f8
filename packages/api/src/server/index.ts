export * from './log-in.ts';
export * from './open-services.ts';
export * from './webhook.ts';
export * from './audit-export.ts';
export { answerCheckAnswer } from './check-answer.ts';
