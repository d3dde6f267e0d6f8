const suffixes: Readonly<Record<string, { ten: number; two: number }>> = {
  n: { ten: -9, two: 0 },
  u: { ten: -6, two: 0 },
  m: { ten: -3, two: 0 },
  '': { ten: 0, two: 0 },
  k: { ten: 3, two: 0 },
  M: { ten: 6, two: 0 },
  G: { ten: 9, two: 0 },
  T: { ten: 12, two: 0 },
  P: { ten: 15, two: 0 },
  E: { ten: 18, two: 0 },
  Ki: { ten: 0, two: 10 },
  Mi: { ten: 0, two: 20 },
  Gi: { ten: 0, two: 30 },
  Ti: { ten: 0, two: 40 },
  Pi: { ten: 0, two: 50 },
  Ei: { ten: 0, two: 60 },
};
const form = /^([+-]?)(\d{1,40})?(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/;

/** Whether two amounts of Kubernetes are the same one: `0.5` and `500m`, `1Gi` and `1024Mi`. False when one of them is no amount. */
export function isSameQuantity(left: unknown, right: unknown): boolean {
  const [one, other] = [parse(left), parse(right)];
  if (one === null || other === null) return false;
  const lowest = Math.min(one.ten, other.ten);
  return scaled(one, lowest) === scaled(other, lowest);
}

/**
 * An amount of Kubernetes (`250m`, `64Mi`, `1e3`, 2) of a resource as a whole number, rounded up: processor in thousandths of a core, all else in its own unit.
 * Null when it is none.
 */
export function quantityOf(resource: string, amount: unknown): number | null {
  const read = parse(amount);
  if (read === null) return null;
  const ten = read.ten + (resource.endsWith('cpu') ? 3 : 0);
  if (ten >= 0) return Number(read.digits * 10n ** BigInt(ten));
  const divisor = 10n ** BigInt(-ten);
  const whole = read.digits / divisor;
  return Number(read.digits % divisor > 0n ? whole + 1n : whole);
}

interface Quantity {
  digits: bigint;
  /** Power of ten. */
  ten: number;
}

function scaled({ digits, ten }: Quantity, lowest: number): bigint {
  return digits * 10n ** BigInt(ten - lowest);
}

function parse(value: unknown): Quantity | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const [all, sign, whole = '', fraction = '', exponent, suffix = ''] = form.exec(String(value)) ?? [];
  const scale = suffixes[suffix];
  if (all === undefined || scale === undefined || whole + fraction === '') return null;
  const digits = BigInt(whole + fraction) * 2n ** BigInt(scale.two);
  return { digits: sign === '-' ? -digits : digits, ten: scale.ten + Number(exponent ?? 0) - fraction.length };
}
