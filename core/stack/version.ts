/**
 * Of the definition, the functions and what they store: the stack says it in its output, and the command line works
 * with a stack of its own version only. That of package.json.
 */
export const VERSION = '0.1.0';
