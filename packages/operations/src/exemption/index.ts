export * from './ask-exemption.ts';
export * from './answer-exemption.ts';
export * from './withdraw-exemption.ts';
export * from './close-review.ts';
export * from './standing.ts';
export * from './claim-exemptions.ts';
