/** Text as HTML, safe in element content and in quoted attributes. Names in a report come from files of anyone. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A formatted number as HTML: with a real minus sign, as wide as the plus. */
export function numberHtml(text: string): string {
  return escapeHtml(text.replace(/^-(?=\d)/, '−'));
}

/** Class of a number whose sign matters. */
export function signClass(value: number): 'gain' | 'loss' | 'flat' {
  return value > 0 ? 'gain' : value < 0 ? 'loss' : 'flat';
}

/** A coordinate or length of an SVG: a tenth of a pixel is enough. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
