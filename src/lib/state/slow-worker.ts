/** Work that takes longer than a frame may: whole files sealed and opened, keys made of passphrases. Holds nothing between tasks. */
import { openAgeFile, sealAgeFile } from '$lib/crypto/age-file';
import { passphraseKey } from '$lib/crypto/lock-keys';
import type { SlowAnswer, SlowTask } from './slow-work';

addEventListener('message', (event: MessageEvent<SlowTask>) => {
	void run(event.data).then(
		(answer) => postMessage(answer),
		// The page hears an `error` event and says that it did not work; a rejection alone would never reach it.
		(cause: unknown) => reportError(cause)
	);
});

async function run(task: SlowTask): Promise<SlowAnswer> {
	switch (task.type) {
		case 'seal':
			return { type: 'seal', file: await sealAgeFile(task.lock, task.plaintext) };
		case 'open':
			return { type: 'open', result: await openAgeFile(task.key, task.file) };
		case 'derive':
			return { type: 'derive', key: passphraseKey(task.passphrase, task.salt, task.cost) };
	}
}
