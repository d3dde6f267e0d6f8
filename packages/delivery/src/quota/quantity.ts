const decimal: Readonly<Record<string, number>> = { '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
const binary: Readonly<Record<string, number>> = {
  Ki: 1_024,
  Mi: 1_024 ** 2,
  Gi: 1_024 ** 3,
  Ti: 1_024 ** 4,
  Pi: 1_024 ** 5,
  Ei: 1_024 ** 6,
};

/**
 * A quantity of Kubernetes (`250m`, `64Mi`, `1e3`, 2) of a resource as a whole number, rounded up: processor in thousandths of a core, all else in its own unit.
 * Null when it is none.
 */
export function quantityOf(resource: string, quantity: unknown): number | null {
  const text = typeof quantity === 'number' ? String(quantity) : quantity;
  if (typeof text !== 'string') return null;
  const [, digits = '', exponent, suffix = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?))$/.exec(text.trim()) ?? [];
  const scale = exponent === undefined ? (binary[suffix] ?? decimal[suffix]) : Number(`1${exponent}`);
  if (digits === '' || scale === undefined) return null;
  const unit = resource.endsWith('cpu') ? 1_000 : 1;
  // 0.1 has no exact form: what is a hair above a whole number is that number.
  return Math.ceil(Number((Number(digits) * scale * unit).toPrecision(12)));
}
