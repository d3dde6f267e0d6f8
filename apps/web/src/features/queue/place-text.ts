/** A place in the queue of one limit, as it is told: "2nd of 5 for One at once". */
export function placeText({ position, length, limit }: { position: number; length: number; limit: string }): string {
  return `${ordinal(position)} of ${length} for "${limit}"`;
}

const rules = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Readonly<Record<Intl.LDMLPluralRule, string>> = { zero: 'th', one: 'st', two: 'nd', few: 'rd', many: 'th', other: 'th' };

function ordinal(position: number): string {
  return `${position}${endings[rules.select(position)]}`;
}
