/** Price of a cart in cents: what the lines cost, less ten percent from 100 euros up. */
export function totalCents(lines) {
  const sum = lines.reduce((total, line) => total + line.count * line.unitCents, 0);
  return sum >= 10_000 ? Math.round(sum * 0.9) : sum;
}
