import { AssayError } from '@assay/core';
import type { EmbeddingModel, LanguageModel } from 'ai';
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { ModelSpec } from './spec.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A model that can be called, and what its limit goes by. */
export interface ReadyModel {
  /** Provider, model and, as a digest, credential and address: calls of one key share one limit. */
  readonly limitKey: string;
  /** Loaded on first use. */
  readonly language: () => Promise<LanguageModel>;
  readonly embedding: () => Promise<EmbeddingModel>;
}

const usualKeys: Readonly<Record<ModelSpec['provider'], readonly string[]>> = {
  openai: ['OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_API_KEY'],
  google: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  'openai-compatible': [],
};

/**
 * Checks what a job says of a model against the environment of the server, before anything is called.
 *
 * @throws AssayError `invalid-config` for an address that is not allowed, a variable whose content must not leave the
 * server, and a key that is not there. No message holds a key.
 */
export function readModel(spec: ModelSpec, env: Environment): ReadyModel {
  const baseUrl = readBaseUrl(spec, env);
  const apiKey = readKey(spec, env);
  const digest = createHash('sha256')
    .update(JSON.stringify([baseUrl, apiKey]))
    .digest('hex')
    .slice(0, 8);
  return {
    limitKey: `${spec.provider}/${spec.name}#${digest}`,
    language: async () => (await load(spec, { baseUrl, apiKey })).language(),
    embedding: async () => (await load(spec, { baseUrl, apiKey })).embedding(),
  };
}

function readBaseUrl({ provider, base_url: given }: ModelSpec, env: Environment): string | undefined {
  if (given === undefined) {
    if (provider !== 'openai-compatible') return undefined;
    throw new AssayError('invalid-config', 'Expected base_url for a model of provider openai-compatible, got none');
  }
  const url = new URL(given);
  const allowed = (env['ASSAY_PROVIDER_URLS'] ?? '').split(/[\s,]+/).filter((one) => one !== '');
  const isAllowed = isLoopback(url) || allowed.some((prefix) => isBelow(url, prefix));
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || !isAllowed) {
    throw new AssayError(
      'invalid-config',
      `Expected base_url to be on this machine, or below one of ASSAY_PROVIDER_URLS, which the server is started with, got ${url.origin}${url.pathname}`,
    );
  }
  return given.replace(/\/+$/, '');
}

function isLoopback({ hostname }: URL): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/** Whether a URL is the one that is allowed, or a path below it. */
function isBelow(url: URL, prefix: string): boolean {
  if (!URL.canParse(prefix)) return false;
  const allowed = new URL(prefix);
  const folder = allowed.pathname.replace(/\/*$/, '/');
  return url.origin === allowed.origin && `${url.pathname.replace(/\/*$/, '/')}`.startsWith(folder);
}

function readKey({ provider, api_key_env: named }: ModelSpec, env: Environment): string | undefined {
  if (named !== undefined && (!/_(API_)?KEY$/.test(named) || named === 'ASSAY_API_KEY')) {
    throw new AssayError(
      'invalid-config',
      `Expected api_key_env to be a variable that ends in _API_KEY or _KEY, and not the server's own ASSAY_API_KEY, got ${named}`,
    );
  }
  const names = named === undefined ? usualKeys[provider] : [named];
  const key = names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  if (key !== undefined || names.length === 0) return key;
  throw new AssayError(
    'invalid-config',
    `Expected the server to be started with ${names.join(' or ')}, the key of provider ${provider}, got none`,
  );
}

interface Connection {
  readonly baseUrl: string | undefined;
  readonly apiKey: string | undefined;
}

interface Loaded {
  readonly language: () => LanguageModel;
  readonly embedding: () => EmbeddingModel;
}

/** Each provider is loaded when a job first needs it: a server that runs none should start at once and stay small. */
async function load({ provider, name }: ModelSpec, { baseUrl, apiKey = '' }: Connection): Promise<Loaded> {
  const fetch = guardedFetch(apiKey);
  const settings = { apiKey, fetch, ...(baseUrl === undefined ? {} : { baseURL: baseUrl }) };
  switch (provider) {
    case 'openai': {
      const openai = (await import('@ai-sdk/openai')).createOpenAI(settings);
      // Servers at other addresses speak the older of OpenAI's APIs.
      return {
        language: () => (baseUrl === undefined ? openai(name) : openai.chat(name)),
        embedding: () => openai.embedding(name),
      };
    }
    case 'anthropic': {
      const anthropic = (await import('@ai-sdk/anthropic')).createAnthropic(settings);
      return {
        language: () => anthropic(name),
        embedding: () => {
          throw new AssayError('invalid-config', 'Expected a provider with embedding models, got anthropic');
        },
      };
    }
    case 'google': {
      const google = (await import('@ai-sdk/google')).createGoogleGenerativeAI(settings);
      return { language: () => google(name), embedding: () => google.embedding(name) };
    }
    case 'openai-compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const compatible = createOpenAICompatible({
        name: 'openai-compatible',
        baseURL: baseUrl!,
        fetch,
        ...(apiKey === '' ? {} : { apiKey }),
      });
      return { language: () => compatible(name), embedding: () => compatible.embeddingModel(name) };
    }
  }
}

/**
 * Neither follows a redirect, which could lead to an address that is not allowed and take the key along, nor hands on a key
 * that a refusal repeats: what it says is kept with the run and shown.
 */
function guardedFetch(apiKey: string): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    if (response.ok || apiKey === '') return response;
    const { status, statusText, headers } = response;
    const text = (await response.text()).replaceAll(apiKey, '[the API key]');
    return new Response(text, { status, statusText, headers });
  };
}
