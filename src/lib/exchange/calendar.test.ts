import { expect, test } from 'vitest';
import { calendarFile } from './calendar';

const time = {
	id: 'time1',
	title: 'Anna ringer; ta fram vågen, och planen',
	at: { utc: Date.UTC(2026, 10, 19, 9, 30), offset: 60, zone: 'Europe/Stockholm' },
	minutes: 30,
	place: 'Hemma',
	video: 'https://video.example/rum'
};

const lines = (file: string): readonly string[] => file.replaceAll('\r\n ', '').split('\r\n');

test('an agreed time is one event at its instant, with its text escaped', () => {
	const file = lines(calendarFile(time, Date.UTC(2026, 10, 16)));
	expect(file).toContain('DTSTART:20261119T093000Z');
	expect(file).toContain('DTEND:20261119T100000Z');
	expect(file).toContain('SUMMARY:Anna ringer\\; ta fram vågen\\, och planen');
	expect(file).toContain('UID:time1@hemlinje');
	expect(file).toContain('LOCATION:Hemma');
	expect(file.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1);
});

test('a line break in a title starts no line of its own', () => {
	const file = lines(calendarFile({ ...time, title: 'A\nBEGIN:VALARM' }, 0));
	expect(file).not.toContain('BEGIN:VALARM');
});

test('without a length it lasts an hour', () => {
	const { minutes: _, ...open } = time;
	expect(lines(calendarFile(open, 0))).toContain('DTEND:20261119T103000Z');
});
