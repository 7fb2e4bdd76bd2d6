import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measures } from './measures';
import { splitPasted } from './pasted-reading';

describe('pasted text', () => {
	const all = { systolic: '128', diastolic: '82', pulse: '72' };
	test.each([
		['128/82 72', all],
		['128/82, puls 72', all],
		['\u200f128/82\u200e 72', all],
		['128 / 82 / 72', all],
		['Blodtryck: 128/82 mmHg, puls 72 slag/min.', all],
		['128 över 82 (puls 72)', all],
		['１２８／８２　７２', all],
		['128 / 82', { systolic: '128', diastolic: '82' }],
		['128 82', { systolic: '128', diastolic: '82' }],
		['128-82', { systolic: '128', diastolic: '82' }],
		['128, 82', { systolic: '128', diastolic: '82' }],
		['12/80', { systolic: '12', diastolic: '80' }],
		['1200/80', { systolic: '1200', diastolic: '80' }]
	])('%j is split over the fields', (text, fields) =>
		expect(splitPasted(measures.bloodPressure, text)).toEqual(fields)
	);

	test.each(['', '128', '128,50', '-128', '2026-11-16', '2026-11-16 128/82', 'kl 07.32', '128/82/72/60', 'hej'])(
		'%j is left in its field',
		(text) => expect(splitPasted(measures.bloodPressure, text)).toBeUndefined()
	);

	test('a unit is taken off a single number', () => {
		expect(splitPasted(measures.weight, 'Vikt: 76,4 kg')).toEqual({ weight: '76,4' });
		expect(splitPasted(measures.pulse, '72 slag/min')).toEqual({ pulse: '72' });
		expect(splitPasted(measures.weight, '76,4')).toBeUndefined();
		expect(splitPasted(measures.weight, '76 mmHg')).toBeUndefined();
		expect(splitPasted(measures.oxygenSaturation, 'SpO₂ 96 %')).toBeUndefined();
		expect(splitPasted(measures.oxygenSaturation, '96 %')).toEqual({ saturation: '96' });
		expect(splitPasted(measures.temperature, '37,2 °C')).toEqual({ temperature: '37,2' });
		expect(splitPasted(measures.peakFlow, 'PEF 420 l/min')).toEqual({ peakFlow: '420' });
	});

	test('a number in another unit is converted to the one the field is in, however likely it looks in that', () => {
		expect(splitPasted(measures.weight, '168 lb')).toEqual({ weight: '76,2' });
		expect(splitPasted(measures.glucose, '20 mg/dl')).toEqual({ glucose: '1,1' });
		expect(splitPasted(measures.temperature, '98.6 °F')).toEqual({ temperature: '37,0' });
		expect(splitPasted(measures.glucose, '6,7 mmol/l')).toEqual({ glucose: '6,7' });
	});

	test('a meter of another unit takes its own numbers as they are, and the stored unit converted', () => {
		const units = { glucose: 'mg/dL' };
		expect(splitPasted(measures.glucose, '120 mg/dl', units)).toEqual({ glucose: '120' });
		expect(splitPasted(measures.glucose, '6,7 mmol/l', units)).toEqual({ glucose: '121' });
	});

	test('no text whatever hangs or throws', () => {
		const part = fc.constantFrom('128', '82', ' ', '/', ',', 'puls', 'mm', 'hg', '(', '-', ':', 'å', '.');
		fc.assert(
			fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
				const started = performance.now();
				splitPasted(measures.bloodPressure, parts.join(''));
				expect(performance.now() - started).toBeLessThan(200);
			}),
			{ numRuns: 2_000 }
		);
	});
});
