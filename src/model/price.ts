/** A price is valid when it is finite and > 0 (semantics, conventions). */
export function isValidPrice(price: number): boolean {
  return price > 0 && price < Number.POSITIVE_INFINITY;
}
