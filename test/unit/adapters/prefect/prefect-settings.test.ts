import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { authorizationOf, prefectSettings } from '../../../../src/adapters/prefect/prefect-settings.ts';
import { InputError } from '../../../../src/model/input-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'dolphin-prefect-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('the URL', () => {
  test.each([
    ['as a server has it', 'http://127.0.0.1:4200/api', 'http://127.0.0.1:4200/api'],
    ['with a slash at its end', 'http://127.0.0.1:4200/api/', 'http://127.0.0.1:4200/api'],
    ['IPv6', 'http://[::1]:4200/api', 'http://[::1]:4200/api'],
    [
      'of a workspace',
      'https://api.example.org/api/accounts/a/workspaces/w',
      'https://api.example.org/api/accounts/a/workspaces/w',
    ],
  ])('%s', (_situation, url, api) => {
    expect(prefectSettings(url, {})).toEqual({ api, key: undefined, ca: undefined });
  });

  test.each([
    ['another scheme', 'redis://127.0.0.1:4200/api'],
    ['no URL', 'localhost'],
    ['no path: the web page lies there', 'http://127.0.0.1:4200'],
    ['a query', 'http://127.0.0.1:4200/api?key=x'],
    ['a fragment', 'http://127.0.0.1:4200/api#x'],
  ])('is refused with %s', (_situation, url) => {
    expect(() => prefectSettings(url, {})).toThrow(InputError);
    expect(() => prefectSettings(url, {})).toThrow('--prefect must be the URL of an API');
  });

  test('a password in it is refused and not repeated', () => {
    const refused = (() => {
      try {
        return prefectSettings('http://user:hunter2@127.0.0.1/api', {});
      } catch (error) {
        return error as Error;
      }
    })();
    expect(refused).toBeInstanceOf(InputError);
    expect((refused as Error).message).toContain('DOLPHIN_PREFECT_API_KEY');
    expect((refused as Error).message).not.toContain('hunter2');
  });
});

describe('the key', () => {
  const URL_OF_API = 'https://127.0.0.1/api';

  test('comes of the environment or of a file, without the line end', () => {
    expect(prefectSettings(URL_OF_API, { DOLPHIN_PREFECT_API_KEY: 'k1' }).key).toBe('k1');
    const file = fileOf('key', 'k2\n', 0o600);
    expect(prefectSettings(URL_OF_API, { DOLPHIN_PREFECT_API_KEY_FILE: file }).key).toBe('k2');
  });

  test.each([
    ['both', { DOLPHIN_PREFECT_API_KEY: 'secret1', DOLPHIN_PREFECT_API_KEY_FILE: 'x' }, 'give one of them'],
    ['an empty one', { DOLPHIN_PREFECT_API_KEY: '' }, 'one line of printable ASCII'],
    ['two lines', { DOLPHIN_PREFECT_API_KEY: 'secret1\nsecret2' }, 'one line of printable ASCII'],
    ['a file of everybody', { DOLPHIN_PREFECT_API_KEY_FILE: fileOf('open', 'secret1', 0o644) }, 'chmod 600'],
    ['no file', { DOLPHIN_PREFECT_API_KEY_FILE: join(folder, 'none') }, 'ENOENT'],
    ['a certificate that is not there', { DOLPHIN_PREFECT_CA_FILE: join(folder, 'none') }, 'DOLPHIN_PREFECT_CA_FILE'],
  ])('%s is refused, and no secret shown', (_situation, environment, words) => {
    expect(() => prefectSettings(URL_OF_API, environment)).toThrow(words);
    expect(() => prefectSettings(URL_OF_API, environment)).not.toThrow('secret1');
  });

  test('is a bearer token, or user and password where it has a colon', () => {
    expect(authorizationOf('pnu_abc')).toBe('Bearer pnu_abc');
    expect(authorizationOf('admin:pass')).toBe('Basic YWRtaW46cGFzcw=='); // base64 of admin:pass
  });
});
