import type { Component } from 'svelte';

/** A place on the line: in the bar, the rail or the menu. */
export interface NavItem {
	readonly href: string;
	readonly label: string;
	readonly icon?: Component | undefined;
	readonly current: boolean;
	/** How many wait there, in words (Panel's filters). */
	readonly count?: string | undefined;
}
