import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Controls, format characters (right-to-left overrides too), halves of surrogates, line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Text of others as it may reach a terminal: what could move the cursor, change the title or hide other text is
 * shown as an escape.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Messages and causes have line ends of their own; here they take one line. */
export const oneLine = (text: string): string => printable(text.trim().replace(/\s+/g, ' '));

export const widthOf = (text: string): number => stringWidth(text);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most so many columns of a terminal; what is cut ends in `…`. For text without escape sequences. */
export function truncated(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}

export const padded = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + space : space + text;
};

/** Lines of at most so many columns, broken between words; a word that is longer is broken inside. */
export const wrapped = (text: string, width: number, indent = ''): string[] =>
  wrapAnsi(text, Math.max(1, width - widthOf(indent)), { hard: true, trim: true })
    .split('\n')
    .map((line) => indent + line);
