/** How production received a version: it was well everywhere, its canary was stopped, it was taken back later by a person, or nobody approved it. */
export type Outcome = 'well' | 'stopped' | 'takenBack' | 'rejected';

/** A version as its commit was pushed some time ago. */
export interface PastRelease {
  version: string;
  message: string;
  daysAgo: number;
  /** Time of that day in UTC: `09:40`. */
  at: string;
  /** The tests of one that never left the pipeline failed. */
  tests?: 'failed';
  /** Absent: it never went to production. */
  production?: { outcome: Outcome; comment: string };
}

/** A service that the sandbox models, with what became of its versions, oldest first. The last one that was well still runs. */
export interface PastService {
  slug: string;
  name: string;
  description: string;
  tier: number;
  dependsOn: readonly string[];
  releases: readonly PastRelease[];
}

const well = (comment = ''): NonNullable<PastRelease['production']> => ({ outcome: 'well', comment });

/** What the demo's tenants have done in the last weeks, by the slug of the tenant. */
export const stories: Readonly<Record<'acme' | 'globex', readonly PastService[]>> = {
  acme: [
    {
      slug: 'payments',
      name: 'Payments',
      description: 'Takes money and gives it back',
      tier: 1,
      dependsOn: [],
      releases: [
        { version: '2.3.0', message: 'Keep card tokens for a year', daysAgo: 19, at: '09:40', production: well() },
        {
          version: '2.4.0',
          message: 'Charge in the currency of the card',
          daysAgo: 9,
          at: '13:05',
          production: { outcome: 'rejected', comment: 'Not before finance has signed off the rounding' },
        },
        { version: '2.4.1', message: 'Round as finance does', daysAgo: 8, at: '10:20', production: well('Finance has signed off') },
      ],
    },
    {
      slug: 'cart',
      name: 'Cart',
      description: 'Keeps what people want to buy',
      tier: 1,
      dependsOn: ['payments'],
      releases: [
        { version: '1.0.0', message: 'Keep a cart for thirty days', daysAgo: 20, at: '08:50', production: well() },
        { version: '1.1.0', message: 'Merge the carts of two devices', daysAgo: 13, at: '14:30', production: well() },
        {
          version: '1.2.0',
          message: 'Read carts from the new store',
          daysAgo: 6,
          at: '10:05',
          production: { outcome: 'stopped', comment: '' },
        },
        { version: '1.2.1', message: 'Wait for the new store to answer', daysAgo: 5, at: '09:15', production: well('Load test is green') },
      ],
    },
    {
      slug: 'search',
      name: 'Search',
      description: 'Finds products by word and picture',
      tier: 2,
      dependsOn: [],
      releases: [
        { version: '5.0.0', message: 'Search by picture', daysAgo: 17, at: '12:10', production: well() },
        { version: '5.1.0', message: 'Rank by what sells', daysAgo: 3, at: '15:20', production: { outcome: 'takenBack', comment: '' } },
      ],
    },
    {
      slug: 'recommendations',
      name: 'Recommendations',
      description: 'Suggests what goes with what',
      tier: 3,
      dependsOn: ['search'],
      releases: [
        { version: '0.8.0', message: 'Suggest from the last order', daysAgo: 11, at: '11:35' },
        { version: '0.9.0', message: 'Suggest from the whole history', daysAgo: 1, at: '16:45', tests: 'failed' },
      ],
    },
  ],
  globex: [
    {
      slug: 'encoder',
      name: 'Encoder',
      description: 'Turns uploads into streams',
      tier: 2,
      dependsOn: [],
      releases: [{ version: '3.2.0', message: 'Encode in AV1', daysAgo: 12, at: '09:55', production: well() }],
    },
    {
      slug: 'player',
      name: 'Player',
      description: 'Plays streams in the browser',
      tier: 1,
      dependsOn: ['encoder'],
      releases: [
        { version: '7.0.1', message: 'Begin at the right second', daysAgo: 15, at: '13:40', production: well() },
        {
          version: '7.1.0',
          message: 'Offer what the encoder makes',
          daysAgo: 4,
          at: '10:30',
          production: well('Tried with the new streams'),
        },
      ],
    },
  ],
};
