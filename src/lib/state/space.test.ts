import { expect, test } from 'vitest';
import { keepChosenCircle, readChosenCircle } from './space';

function tabMemory() {
	const kept = new Map<string, string>();
	return {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	};
}

test('the chosen circle lasts over a reload, in its own space alone', () => {
	const memory = tabMemory();
	keepChosenCircle(memory, 'demo-sara', 'circle');
	expect([readChosenCircle(memory, 'demo-sara'), readChosenCircle(memory, 'real')]).toEqual(['circle', null]);
	keepChosenCircle(memory, 'demo-sara', null);
	expect(readChosenCircle(memory, 'demo-sara')).toBeNull();
});

test('a browser that forbids storage begins with the person themselves', () => {
	keepChosenCircle(null, 'real', 'circle');
	expect(readChosenCircle(null, 'real')).toBeNull();
});
