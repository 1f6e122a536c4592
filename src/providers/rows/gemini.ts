/** Google Gemini: its row, its models, its free tiers and terms. */
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { gemini as errors } from '../error-rules.ts'
import { facts, unpriced, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

// 3.6 to 3.8 Flash cost twice as much from 2027 on.
const models = {
  'gemini-4-neon': facts([3, 15, 0.15], 1_048_576, 65_536, 'image tools reasoning'),
  'gemini-4-argon': facts([2, 10, 0.1], 1_048_576, 32_768, 'image tools reasoning'),
  'gemini-4-carbon': facts([2, 10, 0.1], 1_048_576, 32_768, 'image tools reasoning'),
  'gemini-4-hydrogen': facts([1.5, 7.5, 0.075], 1_048_576, 65_536, 'image tools reasoning'),
  'gemini-3.8-flash': facts(
    [0.75, 3.75, 0.075],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-3.7-flash': facts(
    [0.75, 3.75, 0.075],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-3.6-flash': facts(
    [0.75, 3.75, 0.075],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-3.5-flash': facts(
    [1.5, 9, 0.15],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-3.5-flash-lite': facts(
    [0.3, 2.5, 0.03],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-3.1-pro-preview': facts(
    [2, 12, 0.2],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-3.1-flash-lite': facts(
    [0.25, 1.5, 0.025],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-3-flash-preview': facts(
    [0.5, 3, 0.05],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-2.5-pro': facts(
    [1.25, 10, 0.125],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-2.5-flash': facts(
    [0.3, 2.5, 0.03],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-2.5-flash-lite': facts(
    [0.1, 0.4, 0.01],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemma-4-31b-it': unpriced(262_144, 32_768, 'image tools schema reasoning sampling'),
  'gemma-4-26b-a4b-it': unpriced(262_144, 32_768, 'image tools schema reasoning sampling'),
} satisfies Models

export const gemini = {
  name: 'Google Gemini',
  dialects: {
    gemini: 'https://generativelanguage.googleapis.com/v1beta',
    'openai-chat': 'https://generativelanguage.googleapis.com/v1beta/openai',
    'openai-embeddings': 'https://generativelanguage.googleapis.com/v1beta/openai',
  },
  aliases: ['google', 'google-ai-studio'],
  defaultModel: 'gemini-3.8-flash',
  cachesPrompts: true,
  models,
  ownModels: /^gem(?:ini|ma)-/,
  // Signatures of calls, which Gemini 3 demands back, have no place there that clients keep; nor
  // have PDFs. https://ai.google.dev/gemini-api/docs/thought-signatures#openai
  cannot: { 'openai-chat': [{ what: 'tools' }, { what: 'pdf' }] },
  quirks: {
    gemini: { search: 'googleSearch' },
    'openai-chat': {
      refuses: [
        ...openaiOnly,
        'seed',
        'frequency_penalty',
        'presence_penalty',
        'logit_bias',
        'user',
        'top_k',
      ],
      reasoningField: 'none',
      systemAnywhere: true,
    },
  },
  resets: { day: 'pacific' },
  limitsPer: 'model',
  errors,
  limitHeaders: [],
  keysUrl: 'https://aistudio.google.com/apikey',
  checked: {
    row: { asOf: '2026-11-30', source: 'https://ai.google.dev/gemini-api/docs' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  retirements: {
    asOf: '2026-10-22',
    source: 'https://ai.google.dev/gemini-api/docs/deprecations',
    models: {
      'gemini-2.0-flash': { on: '2026-06-01', successor: 'gemini-3.8-flash' },
      'gemini-2.0-flash-lite': { on: '2026-06-01', successor: 'gemini-3.5-flash-lite' },
      'gemini-3.1-flash-lite': { on: '2027-05-07', successor: 'gemini-3.5-flash-lite' },
    },
  },
  terms: {
    terms:
      'A free tier for Flash, Flash-Lite and Gemma models. Only AI Studio shows its limits; the hub learns them from responses. Quota is per project: a second key adds nothing. Prompts may be used to improve Google’s products, except from the EEA, Switzerland and the United Kingdom.',
    asOf: '2026-10-22',
    source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
  },
} satisfies BuiltInProvider
