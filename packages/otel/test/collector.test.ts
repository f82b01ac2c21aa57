import { expect, test } from 'vitest';
import { type CollectorOptions, resolveCollector } from '../src/collector.ts';

test.each<[CollectorOptions, Record<string, string>, string]>([
  [{}, {}, 'http://localhost:6006/v1/traces'],
  [{ endpoint: 'http://phoenix:6006/' }, {}, 'http://phoenix:6006/v1/traces'],
  [{ endpoint: 'https://otlp.arize.com/v1' }, {}, 'https://otlp.arize.com/v1/traces'],
  [{ endpoint: 'https://a.test/v1/traces/' }, {}, 'https://a.test/v1/traces'],
  [{ endpoint: 'https://app.phoenix.arize.com/s/space' }, {}, 'https://app.phoenix.arize.com/s/space/v1/traces'],
  [{}, { PHOENIX_COLLECTOR_ENDPOINT: 'http://a:1', PHOENIX_ENDPOINT: 'http://b:1' }, 'http://a:1/v1/traces'],
  [{}, { PHOENIX_ENDPOINT: ' ', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/traces'],
  [{ endpoint: 'http://d:1' }, { PHOENIX_ENDPOINT: 'http://b:1' }, 'http://d:1/v1/traces'],
])('sends traces of %j with %j to %s', (options, environment, url) => {
  expect(resolveCollector(options, environment).url).toBe(url);
});

test('sends the key of the environment, unless headers are given', () => {
  const environment = { PHOENIX_API_KEY: 'key' };
  expect(resolveCollector({}, environment).headers).toEqual({ authorization: 'Bearer key' });
  expect(resolveCollector({ headers: { api_key: 'other' } }, environment).headers).toEqual({ api_key: 'other' });
  expect(resolveCollector({}, { PHOENIX_API_KEY: '' }).headers).toEqual({});
});

test('names the variable that is no URL, and not what is in it', () => {
  const resolve = () => resolveCollector({}, { PHOENIX_ENDPOINT: 'user:secret@phoenix' });
  expect(resolve).toThrowError(/^Expected PHOENIX_ENDPOINT to be a URL of http or https/);
  expect(resolve).not.toThrowError(/secret/);
});
