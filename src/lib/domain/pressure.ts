/** One blood pressure, and how it is held against a limit. */

/** mmHg, as measured or as a mean that has not been rounded. */
export interface Pressure {
	readonly systolic: number;
	readonly diastolic: number;
}

/** The worse of the two decides: true when either pressure is at its limit or above. */
export const reachesLimit = (
	{ systolic, diastolic }: Pressure,
	systolicLimit: number,
	diastolicLimit: number
): boolean => systolic >= systolicLimit || diastolic >= diastolicLimit;
