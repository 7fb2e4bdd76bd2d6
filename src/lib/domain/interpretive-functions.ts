/**
 * Everything that says something about values rather than showing them, each with its switch. This list decides whether the
 * software is a medical device, so `docs/intended-purpose.md` has a line for each, and a screen asks here before it speaks.
 */
export const interpretiveFunctions = [
	{
		id: 'eveningAgainstMorning',
		description: 'How far the mean of the evenings lies from that of the mornings',
		isOn: true
	},
	{
		id: 'safetyNotice',
		description: 'Red-flag symptoms and very high pressures: rest, measure again, 1177, 112',
		isOn: true
	},
	{ id: 'planZone', description: 'The zone of the plan by its own clauses, with the why line', isOn: true },
	{ id: 'rehearsal', description: 'A limit tried on what has been measured, counted', isOn: true },
	{ id: 'targetBand', description: 'Where the plan means values to lie, drawn behind the curve', isOn: true },
	{ id: 'hourMedians', description: 'The median of each three hours of the day', isOn: true },
	{ id: 'besideEachOther', description: 'Two measures over the same days, with the range of each', isOn: true },
	{ id: 'beforeAfter', description: 'Means in equal windows before and after a noted change', isOn: true },
	{ id: 'spread', description: 'Standard deviation and the mean difference from day to day', isOn: true },
	{
		id: 'direction',
		description: 'The slope of a straight line with its interval, and whether it is clear',
		isOn: true
	},
	{ id: 'patterns', description: 'Runs, climbs and days outside the usual, called mönster', isOn: true }
] as const;

export type InterpretiveFunction = (typeof interpretiveFunctions)[number]['id'];

export const isOn = (id: InterpretiveFunction): boolean =>
	interpretiveFunctions.some((one) => one.id === id && one.isOn);
