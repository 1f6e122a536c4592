import { describe, expect, it } from 'vitest'
import { recogniseKey } from '../../src/providers/recognise.ts'

const hex = '0123456789abcdef'

describe('recogniseKey', () => {
  it.each([
    ['anthropic', 'sk-ant-api03-abc'],
    ['openrouter', 'sk-or-v1-abc'],
    ['openai', 'sk-proj-abc'],
    ['openai', 'sk-svcacct-abc'],
    ['openai', 'sk-abcT3BlbkFJdef'],
    ['groq', 'gsk_abc'],
    ['gemini', `AIzaSy${'a-_'.repeat(11)}`],
    ['huggingface', 'hf_abc'],
    ['nvidia', 'nvapi-abc'],
    ['xai', 'xai-abc'],
    ['cerebras', 'csk-abc'],
    ['fireworks', 'fw_abc'],
    ['together', 'tgp_v1_abc'],
    ['github', 'ghp_abc'],
    ['github', 'github_pat_11ABC_def'],
    ['workers-ai', `${hex}${hex}:abc`],
  ])('knows a key of %s: %s', (provider, key) => {
    expect(recogniseKey(` ${key}\n`)).toMatchObject({ type: 'known', provider })
  })

  it.each([
    ['sk-0123456789abcdef0123456789abcdef', ['openai', 'deepseek']],
    ['Abcd1234'.repeat(4), ['mistral']],
    ['Abcd1234'.repeat(5), ['cohere']],
    [hex.repeat(4), ['together']],
  ])('leaves it to somebody to say whose %s is', (key, providers) => {
    expect(recogniseKey(key)).toMatchObject({ type: 'ambiguous', providers })
  })

  it.each(['sk-ant-admin01-abc', 'sk-admin-abc', 'sk-ant-oat01-abc', 'llm_abc'])(
    'knows that %s makes no calls',
    (key) => expect(recogniseKey(key).type).toBe('unusable'),
  )

  it.each(['', 'hello', 'AIza', 'postgres://user:pass@host/db', 'SK-ANT-abc', 'gsk'])(
    'does not know %j',
    (key) => expect(recogniseKey(key)).toEqual({ type: 'unknown' }),
  )

  it('says by what it knows a key without repeating it', () => {
    for (const key of [
      'sk-ant-api03-secretsecret',
      'gsk_secretsecret',
      'sk-secretsecret',
      'sk-admin-secretsecret',
    ])
      expect(JSON.stringify(recogniseKey(key))).not.toContain('secretsecret')
  })
})
