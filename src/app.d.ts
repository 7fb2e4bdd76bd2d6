import type { Relay } from '$lib/server/relay';

declare global {
	namespace App {
		interface Locals {
			relay: Relay;
		}
	}
}

export {};
