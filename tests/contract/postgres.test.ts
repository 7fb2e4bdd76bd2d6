/** The PostgreSQL that the contract tests stand on is a real one: kept apart by test, and durable through a crash. */

import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { createDatabase, startPostgres } from '../support/postgres';

async function rows(url: string, statement: string): Promise<unknown[]> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query<Record<string, unknown>>(statement)).rows;
	} finally {
		await client.end();
	}
}

describe('PostgreSQL of the tests', () => {
	test('gives each test a database of its own', async () => {
		const [first, second] = await Promise.all([1, 2].map(() => createDatabase(inject('postgresUrl'))));
		if (!first || !second) throw new Error('two databases were asked for');
		await rows(first.url, 'CREATE TABLE frames (id int)');
		await expect(rows(second.url, 'SELECT * FROM frames')).rejects.toThrow('does not exist');
		await Promise.all([first.drop(), second.drop()]);
		await expect(rows(first.url, 'SELECT 1')).rejects.toThrow('does not exist');
	});

	test('keeps what was committed through a crash', { timeout: 60_000 }, async () => {
		const server = await startPostgres();
		try {
			await rows(server.url, 'CREATE TABLE kept AS SELECT 7 AS id');
			await server.crash();
			expect(await rows(server.url, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
		} finally {
			await server.stop();
		}
	});
});
