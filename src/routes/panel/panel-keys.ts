/** Single letters in Panel. Letters typed into a field, with a modifier or inside a dialog are somebody else's. */

export type PanelKey = 'next' | 'previous' | 'seen';

const keys: Readonly<Record<string, PanelKey>> = { j: 'next', k: 'previous', e: 'seen' };

type Press = Pick<
	KeyboardEvent,
	'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'isComposing' | 'defaultPrevented'
>;

/** What a press asks for; null when it is not for Panel. A mark is made once a press, however long it is held. */
export function panelKey(press: Press, isTyping: boolean): PanelKey | null {
	if (isTyping || press.ctrlKey || press.metaKey || press.altKey || press.isComposing || press.defaultPrevented)
		return null;
	const key = keys[press.key.toLowerCase()] ?? null;
	return key === 'seen' && press.repeat ? null : key;
}

/** True where letters are text or the key belongs to a dialog. */
export const isTypingIn = (target: EventTarget | null): boolean =>
	target instanceof Element && target.closest('input, textarea, select, [contenteditable], dialog') !== null;
