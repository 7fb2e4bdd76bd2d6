/** A plain page of HTML as a file: text and tables, no script, nothing fetched. Every text is escaped on its way in. */

/** A piece of a page that needs no more escaping. */
export interface Html {
	readonly html: string;
}

type Part = Html | string | readonly (Html | string)[];
type Tag =
	'h1' | 'h2' | 'h3' | 'p' | 'ul' | 'li' | 'table' | 'caption' | 'thead' | 'tbody' | 'tr' | 'th' | 'td' | 'strong';

const escapes: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;'
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? '');

const join = (part: Part): string =>
	typeof part === 'string' ? escaped(part) : 'html' in part ? part.html : part.map(join).join('');

export const element = (tag: Tag, ...parts: readonly Part[]): Html => ({
	html: `<${tag}>${parts.map(join).join('')}</${tag}>`
});

export const list = (items: readonly string[]): Html =>
	element(
		'ul',
		items.map((item) => element('li', item))
	);

export const table = (caption: string, head: readonly string[], rows: readonly (readonly string[])[]): Html =>
	element(
		'table',
		element('caption', caption),
		element(
			'thead',
			element(
				'tr',
				head.map((cell) => element('th', cell))
			)
		),
		element(
			'tbody',
			rows.map((row) =>
				element(
					'tr',
					row.map((cell) => element('td', cell))
				)
			)
		)
	);

/** The whole file. It says of itself that it loads nothing, so that no reader has to trust it. */
export const page = (language: string, title: string, body: readonly Html[]): string => `<!doctype html>
<html lang="${escaped(language)}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<body>${join(body)}</body>
</html>
`;

const STYLE = [
	'body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:1.125rem/1.5 system-ui,sans-serif}',
	'table{border-collapse:collapse;width:100%;margin:1.5rem 0}',
	'caption{text-align:left;font-weight:650;padding-bottom:.5rem}',
	'th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #999}'
].join('');
