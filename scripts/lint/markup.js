/**
 * What markup may hold: words come from the catalogue (Swedish first), and a link from data is checked first.
 * The nodes are those of svelte-eslint-parser.
 */

const SPOKEN_ATTRIBUTES = new Set([
	'alt',
	'aria-description',
	'aria-label',
	'aria-placeholder',
	'aria-roledescription',
	'aria-valuetext',
	'label',
	'placeholder',
	'title'
]);

/** Functions that give a link that is safe to follow. `resolve` is Kit's; `safeHref` refuses every scheme but a listed few. */
const LINK_MAKERS = new Set(['resolve', 'safeHref']);
const SAFE_LINK_START = /^(\/(?!\/)|#|\?|tel:|sms:|mailto:|https:\/\/)/;

/**
 * Whether a text holds words. Digits, punctuation and symbols are the same in every language.
 * @param {string} text
 */
function hasWords(text) {
	return /\p{L}/u.test(text);
}

/** @typedef {any} Node A node of svelte-eslint-parser, whose types do not match ESLint's. */

/** @type {import('eslint').Rule.RuleModule} */
export const noUntranslatedText = {
	meta: {
		type: 'problem',
		docs: { description: 'no string literal in markup' },
		schema: [],
		messages: {
			untranslated:
				'Words stand in src/lib/i18n/messages, Swedish first: use the message function, not a literal in markup.'
		}
	},
	create(context) {
		/**
		 * @param {Node} node
		 * @param {string} text
		 */
		const check = (node, text) => {
			if (hasWords(text)) context.report({ node, messageId: 'untranslated' });
		};
		return {
			/** @param {Node} node */
			SvelteText(node) {
				const element = node.parent?.type === 'SvelteElement' ? node.parent.name?.name : node.parent?.type;
				if (!['style', 'script', 'SvelteStyleElement', 'SvelteScriptElement'].includes(element))
					check(node, node.value);
			},
			/** @param {Node} node */
			SvelteMustacheTag(node) {
				const spoken = node.parent.type !== 'SvelteAttribute' || SPOKEN_ATTRIBUTES.has(node.parent.key.name);
				if (!spoken || node.parent.type === 'SvelteStyleDirective') return;
				for (const literal of literalsOf(node.expression)) check(literal.node, literal.text);
			},
			/** @param {Node} node */
			SvelteLiteral(node) {
				if (node.parent.type === 'SvelteAttribute' && SPOKEN_ATTRIBUTES.has(node.parent.key.name))
					check(node, node.value);
			}
		};
	}
};

/**
 * The literals an expression can show: itself, both sides of a condition, the right side of `??` and `||`.
 * @param {Node} expression
 * @returns {{ node: Node; text: string }[]}
 */
function literalsOf(expression) {
	switch (expression?.type) {
		case 'Literal':
			return typeof expression.value === 'string' ? [{ node: expression, text: expression.value }] : [];
		case 'TemplateLiteral':
			return expression.quasis.map((/** @type {Node} */ quasi) => ({ node: quasi, text: quasi.value.cooked ?? '' }));
		case 'ConditionalExpression':
			return [...literalsOf(expression.consequent), ...literalsOf(expression.alternate)];
		case 'LogicalExpression':
			return [...literalsOf(expression.left), ...literalsOf(expression.right)];
		default:
			return [];
	}
}

/** @type {import('eslint').Rule.RuleModule} */
export const noUncheckedHref = {
	meta: {
		type: 'problem',
		docs: { description: 'no link from data without a check of its scheme' },
		schema: [],
		messages: {
			unchecked:
				'A link from data can carry "javascript:". Start it with a fixed path or scheme, or pass it through resolve() or safeHref().'
		}
	},
	create(context) {
		return {
			/** @param {Node} node */
			SvelteAttribute(node) {
				if (!['href', 'xlink:href', 'action', 'formaction'].includes(node.key.name)) return;
				const [first] = node.value;
				if (first && !isSafeStart(first)) context.report({ node, messageId: 'unchecked' });
			},
			/** @param {Node} node */
			SvelteShorthandAttribute(node) {
				if (node.key.name === 'href') context.report({ node, messageId: 'unchecked' });
			}
		};
	}
};

/** @param {Node} part the first part of an attribute's value */
function isSafeStart(part) {
	if (part.type === 'SvelteLiteral') return SAFE_LINK_START.test(part.value);
	return part.type === 'SvelteMustacheTag' && isSafeExpression(part.expression);
}

/**
 * @param {Node} expression
 * @returns {boolean}
 */
function isSafeExpression(expression) {
	switch (expression.type) {
		case 'Literal':
			return typeof expression.value === 'string' && SAFE_LINK_START.test(expression.value);
		case 'TemplateLiteral':
			return SAFE_LINK_START.test(expression.quasis[0].value.cooked ?? '');
		case 'CallExpression':
			return LINK_MAKERS.has(expression.callee.name);
		case 'ConditionalExpression':
			return isSafeExpression(expression.consequent) && isSafeExpression(expression.alternate);
		case 'Identifier':
			return expression.name === 'undefined';
		default:
			return false;
	}
}
