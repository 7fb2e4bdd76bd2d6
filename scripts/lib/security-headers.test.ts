import { describe, expect, test } from 'vitest';
import { policyFromShell, securityHeaders } from './security-headers.js';

const SHELL = `<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'self' 'sha256-abc='">`;

describe('security headers', () => {
	test("the policy is the shell's, and nobody may frame the app", () => {
		expect(policyFromShell(SHELL)).toBe("default-src 'none'; script-src 'self' 'sha256-abc='; frame-ancestors 'none'");
	});

	test('a shell without a policy stops the server: no page is served unprotected', () => {
		expect(() => policyFromShell('<html></html>')).toThrow('content security policy');
	});

	test('only what is used is asked of the device', () => {
		expect(securityHeaders(SHELL, 'http://localhost:3000')['permissions-policy']).toBe(
			'bluetooth=(self), camera=(self), screen-wake-lock=(self)'
		);
	});

	test('TLS is insisted on where there is TLS, and only there', () => {
		expect(securityHeaders(SHELL, 'https://hemlinje.example')).toHaveProperty('strict-transport-security');
		expect(securityHeaders(SHELL, 'http://localhost:3000')).not.toHaveProperty('strict-transport-security');
	});
});
