import { anthropic } from './anthropic.ts';
import type { Api } from './api.ts';
import { google, googleEmbeddings } from './google.ts';
import { openaiChat, openaiEmbeddings, openaiResponses } from './openai.ts';

/** Every API that the provider speaks. */
export const apis: readonly Api[] = [
  openaiChat,
  openaiResponses,
  openaiEmbeddings,
  anthropic,
  google,
  googleEmbeddings,
];
