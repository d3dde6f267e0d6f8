export * from './assess.ts';
export * from './close.ts';
export { asksCodeOwners, loadRequest, loadRequests } from './load-requests.ts';
export * from './request.ts';
export * from './stand-in.ts';
export * from './vote-by-link.ts';
export * from './vote.ts';
