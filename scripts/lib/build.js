/** Builds the app and the relay into `build/`, and notes what it was built from. Imports no package. */

import { sourceHash, stampBuild } from './build-state.js';
import { Explained, inProject, run } from './project.js';

/** @throws {Explained} when the build fails */
export async function build() {
	const hash = sourceHash();
	const vite = inProject('node_modules', 'vite', 'bin', 'vite.js');
	if ((await run(process.execPath, [vite, 'build', '--logLevel', 'warn'])) !== 0)
		throw new Explained('Bygget misslyckades; se raderna ovanför.\nThe build failed; see the lines above.');
	stampBuild(hash);
}
