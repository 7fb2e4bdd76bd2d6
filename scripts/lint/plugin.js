/** The project's own lint rules, under the name `hemlinje/`. */

import { layers } from './layers.js';
import { noUncheckedHref, noUntranslatedText } from './markup.js';

export const hemlinje = {
	rules: {
		layers,
		'no-unchecked-href': noUncheckedHref,
		'no-untranslated-text': noUntranslatedText
	}
};
