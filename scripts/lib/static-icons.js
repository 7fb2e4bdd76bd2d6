/**
 * Lucide's icons as plain markup. As the library ships them, each is built element by element when it is shown, from a list
 * and with every attribute spread: on a phone a page's icons cost as much as the rest of it. All of ours stand beside words,
 * so they are hidden from readers, and their size and stroke are the style sheet's (docs/decisions/0023).
 */

import { readFileSync } from 'node:fs';

const ICON = /\/@lucide\/svelte\/dist\/icons\/[a-z0-9-]+\.svelte$/;
const DATA = /const iconData = (\{.*\});/;

/** @returns {import('vite').Plugin} */
export function staticIcons() {
	return {
		name: 'static-icons',
		enforce: 'pre',
		load: (id) => (ICON.test(id) ? staticIcon(readFileSync(id, 'utf8')) : null)
	};
}

/**
 * A component without properties that draws what the library's would.
 * @param {string} source of one of the library's icons
 * @throws {Error} when the library writes its icons in another way
 */
export function staticIcon(source) {
	const data = DATA.exec(source)?.[1];
	if (data === undefined) throw new Error('An icon of @lucide/svelte is written in another way than before.');
	/** @type {{ node: [string, Record<string, string>][] }} */
	const { node } = JSON.parse(data);
	const inside = node.map(([tag, attributes]) => `<${tag}${written(attributes)} />`).join('');
	const look = {
		...{ xmlns: 'http://www.w3.org/2000/svg', width: '24', height: '24', viewBox: '0 0 24 24', fill: 'none' },
		...{ stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
		...{ class: 'lucide-icon', 'aria-hidden': 'true' }
	};
	return `<svg${written(look)}>${inside}</svg>`;
}

/** @param {Readonly<Record<string, string>>} attributes */
const written = (attributes) =>
	Object.entries(attributes)
		.map(([name, value]) => ` ${name}="${value}"`)
		.join('');
