import { expect, test } from 'vitest';
import { resolveArizeConfig } from '../../src/arize/config.ts';

const key = { ARIZE_API_KEY: 'k' };

test.each([
  [{}, {}, 'https://api.arize.com'],
  [{}, { ARIZE_REGION: 'eu-west-1a' }, 'https://api.eu-west-1a.arize.com'],
  [{ region: 'us-east-1b' }, { ARIZE_REGION: 'eu-west-1a' }, 'https://api.us-east-1b.arize.com'],
  [{}, { ARIZE_SINGLE_HOST: 'ax.internal', ARIZE_SINGLE_PORT: '8443' }, 'https://ax.internal:8443'],
  [{}, { ARIZE_BASE_DOMAIN: 'arize.example.com' }, 'https://api.arize.example.com'],
  [{}, { ARIZE_API_HOST: 'localhost', ARIZE_API_PORT: '8080', ARIZE_API_SCHEME: 'http' }, 'http://localhost:8080'],
  [{}, { ARIZE_BASE_URL: 'http://localhost:1' }, 'http://localhost:1'],
  [{ endpoint: 'http://localhost:2' }, { ARIZE_REGION: 'eu-west-1a' }, 'http://localhost:2'],
])('finds the server of %j and %j', (options, environment, endpoint) => {
  expect(resolveArizeConfig(options, { ...key, ...environment }).endpoint).toBe(endpoint);
});

test('needs a key, and lets options beat the environment', () => {
  expect(() => resolveArizeConfig({}, {})).toThrowError(expect.objectContaining({ code: 'unauthorized' }));
  expect(() => resolveArizeConfig({ apiKey: 'a\nb' }, {})).toThrowError(
    expect.objectContaining({ code: 'invalid-config' }),
  );
  expect(resolveArizeConfig({ apiKey: 'own', space: 's' }, { ...key, ARIZE_SPACE: 't' })).toMatchObject({
    headers: { authorization: 'Bearer own' },
    space: 's',
  });
  expect(resolveArizeConfig({}, { ...key, ARIZE_SPACE: 't' }).space).toBe('t');
});

test('refuses an unknown region, and two ways to name the server', () => {
  for (const work of [
    () => resolveArizeConfig({ region: 'mars-1' }, key),
    () => resolveArizeConfig({ region: 'eu-west-1a', endpoint: 'http://x' }, key),
    () => resolveArizeConfig({}, { ...key, ARIZE_REGION: 'eu-west-1a', ARIZE_SINGLE_HOST: 'x' }),
  ]) {
    expect(work).toThrowError(expect.objectContaining({ code: 'invalid-config' }));
  }
});
