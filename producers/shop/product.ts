/** A product's columns but its price, which changes. */
export interface Product {
  readonly id: number;
  /** 19 digits, more than a JavaScript number holds. */
  category: string;
  /** Empty for most. */
  code: string;
  /** Empty for products without a brand. */
  readonly brand: string;
}

/** Writes `product_id,category_id,category_code,brand,price` to `out`; returns the length. Nothing in it needs quoting. */
export function renderProduct(product: Product, cents: number, out: Uint8Array): number {
  const text = `${product.id},${product.category},${product.code},${product.brand},${priceText(cents)}`;
  const { read, written } = new TextEncoder().encodeInto(text, out);
  if (read < text.length) throw new Error(`a product's columns are longer than ${out.length} bytes: ${text}`);
  return written;
}

/** Cents as the shop writes them: zero to two decimals, no more than needed. */
export function priceText(cents: number): string {
  const size = Math.abs(cents);
  const fraction = String(size % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  return `${cents < 0 ? '-' : ''}${Math.floor(size / 100)}${fraction && '.'}${fraction}`;
}
