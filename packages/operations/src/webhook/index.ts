export * from './push-event.ts';
export * from './receive-push.ts';
export * from './verify-signature.ts';
export * from './create-source.ts';
export * from './remove-source.ts';
export * from './standard-webhooks.ts';
