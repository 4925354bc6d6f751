import { type Html, html, type Part } from './html.ts';
import { STYLE } from './style.ts';

/**
 * A page that stands alone: no script, no request to anywhere. The policy says so to the browser as well, should
 * ever something that is written here be taken for more than text.
 */
export const page = (title: string, body: Part): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">To the answer</a>
${body}
</body>
</html>
`;
