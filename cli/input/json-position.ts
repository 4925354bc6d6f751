/** Where the text stops being the beginning of any JSON: line and column from 1. */
export interface JsonPosition {
  line: number;
  column: number;
}

/**
 * The place of the first mistake in a text that JSON.parse refused. V8 names it in some of its messages only,
 * so it is searched for: up to there, a parser that is given less of the text wants more of it.
 */
export function positionOfMistake(text: string): JsonPosition {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (wantsMore(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const before = text.slice(0, good);
  return { line: before.split('\n').length, column: good - before.lastIndexOf('\n') };
}

/** Whether something can still become JSON when more is written behind it. */
function wantsMore(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/unexpected end|unterminated string/i.test(message)) return true;
    const position = /at position (\d+)/.exec(message)?.[1];
    return position !== undefined && Number(position) >= text.length;
  }
}
