/** A string literal. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A path as a pattern that matches only itself: folders may have brackets and stars in their names. */
export const literalPattern = (path: string): string => path.replaceAll(/[[*?]/g, '[$&]');
