import { text } from '../core/impure.ts';
import { page } from '../report/page.ts';

export const machine = [text, page];
