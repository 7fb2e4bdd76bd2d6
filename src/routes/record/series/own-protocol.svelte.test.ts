import { expect, test } from 'vitest';
import { dayChoices, OwnProtocol, readingChoices } from './own-protocol.svelte';

test('every choice that is offered makes a protocol that can become valid', () => {
	for (const days of dayChoices)
		for (const readings of readingChoices)
			for (const sessions of ['both', 'morning', 'evening'] as const)
				for (const drops of [0, 1, 2, 3]) {
					const own = new OwnProtocol();
					Object.assign(own, {
						days,
						readings,
						sessions,
						dropsFirstDay: drops % 2 === 1,
						dropsFirstReading: drops > 1
					});
					const { minimum, id } = own.protocol;
					expect(id).toBe('own');
					expect(minimum.readings).toBeLessThanOrEqual(12);
				}
});

test('a single reading is never the one left out', () => {
	const own = new OwnProtocol();
	Object.assign(own, { readings: 1, dropsFirstReading: true });
	expect(own.protocol.dropFirstOfSession).toBe(0);
});
