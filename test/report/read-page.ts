/** What a test reads of a page, without a browser. */

export const textOf = (page: string): string =>
  page
    .replace(/<(style|pre)[\s\S]*?<\/\1>/g, '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');

export const anchors = (page: string): string[] => [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
export const links = (page: string): string[] => [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id!);

/** Every element that is opened is closed, in order. */
export function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = '', , selfClosing] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^>"])*?)(\/?)>/gi,
  )) {
    if (['meta', 'br', 'wbr'].includes(name) || selfClosing === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

/** What stands before the sections: the answer. */
export const firstScreen = (page: string): string => textOf(page.slice(0, page.indexOf('<nav')));
