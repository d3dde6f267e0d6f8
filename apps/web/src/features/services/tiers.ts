/** How much an outage of a service hurts, as people choose it. */
export const tierOptions = [
  { value: '1', label: 'Tier 1: an outage is felt by everyone at once' },
  { value: '2', label: 'Tier 2: an outage is felt within the hour' },
  { value: '3', label: 'Tier 3: an outage is felt within the day' },
  { value: '4', label: 'Tier 4: for ourselves' },
];
