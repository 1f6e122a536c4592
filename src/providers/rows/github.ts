/**
 * GitHub Models. It ended on 2026-07-30: the row is kept so that keys, routes and errors can say
 * so.
 */
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { github as errors } from '../error-rules.ts'
import type { BuiltInProvider } from '../provider.ts'

export const github = {
  name: 'GitHub Models',
  dialects: {
    'openai-chat': 'https://models.github.ai/inference',
    'openai-embeddings': 'https://models.github.ai/inference',
  },
  aliases: ['github-models'],
  defaultModel: '',
  models: {},
  quirks: { 'openai-chat': { refuses: openaiOnly, reasoningField: 'none', systemAnywhere: true } },
  resets: { day: 'rolling' },
  limitsPer: 'model',
  errors,
  modelsUrl: 'https://models.github.ai/catalog/models',
  keysUrl: 'https://github.com/settings/personal-access-tokens',
  checked: {
    row: { asOf: '2026-09-04', source: 'https://github.blog/changelog/' },
    models: { asOf: '2026-09-04', source: 'https://github.blog/changelog/' },
  },
  retired: {
    on: '2026-07-30',
    asOf: '2026-09-04',
    source: 'https://github.com/mnfst/awesome-free-llm-apis/pull/99',
  },
  terms: {
    terms: 'GitHub Models shut down on 30 July 2026. All calls fail.',
    asOf: '2026-09-04',
    source: 'https://github.com/mnfst/awesome-free-llm-apis/pull/99',
  },
} satisfies BuiltInProvider
