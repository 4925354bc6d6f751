/** A shorter value is found everywhere; only as it is, it is taken out nevertheless. */
const SHORTEST = 6;

const REDACTED = '<redacted>';

/**
 * A server's words without what it repeats of the headers: some show the key that they refuse. A value is found as
 * it is and without its scheme (`Bearer `), in capitals or not, escaped for JSON or a URL, and in base64, also inside of a longer
 * text. Before anything is cut: of a cut text, a half of a value would stay. The endpoint script does the same to artifacts.
 */
export function withoutSecrets(text: string, values: Iterable<string>): string {
  const forms = [...new Set([...values].flatMap((value) => [value, value.split(' ').slice(1).join(' ').trim()]))]
    .filter((secret) => secret !== '')
    .flatMap(formsOf)
    .toSorted((a, b) => b.length - a.length);
  return forms.length === 0 ? text : text.replace(new RegExp(forms.map(literally).join('|'), 'gi'), REDACTED);
}

function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST) return [secret];
  // An error body that quotes another one, which quotes the request.
  const escaped = [1, 2, 3].map((levels) => escapedAgain(secret, levels));
  const base64 = [0, 1, 2].map((offset) => base64Inside(secret, offset));
  const forms = [
    secret,
    ...escaped,
    encodeURIComponent(secret.toWellFormed()),
    encodeURIComponent(secret.toWellFormed()).replaceAll('%20', '+'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return forms.filter((form) => form.length >= SHORTEST);
}

const escapedAgain = (text: string, levels: number): string =>
  levels === 0 ? text : escapedAgain(JSON.stringify(text).slice(1, -1), levels - 1);

/** The characters of base64 that are the secret's alone, when `offset` bytes of three stand before it. */
function base64Inside(secret: string, offset: number): string {
  const bytes = new TextEncoder().encode(secret);
  const encoded = btoa('\0'.repeat(offset) + String.fromCharCode(...bytes));
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
