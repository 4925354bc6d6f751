import { bold, cyan, dim, green, red, yellow } from 'yoctocolors';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours a text, or leaves it as it is: what renders does not know which. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

const COLOURS: Record<Style, (text: string) => string> = { bold, dim, red, green, yellow, cyan };

/** yoctocolors itself looks at NO_COLOR, FORCE_COLOR and TERM. */
export const coloured: Paint = (style, text) => COLOURS[style](text);
