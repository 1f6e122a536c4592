import type { DialectId } from '../../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { catalog } from '../../../src/providers/catalog.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { clientDialects, customProvider, everyMember, receivers, send, sendAsk } from './clients.ts'

const at = (body: JsonObject, ...path: string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, name) => (value && typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined),
    body,
  )

/** Where each dialect says its output limit. */
function limitOf({ body, dialect }: { body: JsonObject; dialect: DialectId }): Json | undefined {
  switch (dialect) {
    case 'openai-chat':
      return body.max_completion_tokens ?? body.max_tokens
    case 'openai-responses':
      return body.max_output_tokens
    case 'gemini':
      return at(body, 'generationConfig', 'maxOutputTokens')
    default:
      return body.max_tokens
  }
}

const limitNames: Partial<Record<DialectId, string>> = {
  'openai-chat': 'max_tokens',
  'openai-responses': 'max_output_tokens',
  anthropic: 'max_tokens',
  gemini: 'generationConfig.maxOutputTokens',
}

describe.each(receivers)('%s', (id, provider) => {
  describe.each(clientDialects)('for %s clients', (client) => {
    it('gets no name of a user that is too long, and the same for the same user', () => {
      const user = `user_${'a1b2'.repeat(45)}_account__session_${'c3'.repeat(18)}`
      const { dialect, body, dropped } = sendAsk(client, { user }, [id, provider])
      if (dialect === client || dialect === 'cohere') return
      const sent = body.user ?? at(body, 'metadata', 'user_id')
      if (typeof sent !== 'string') return
      expect(sent.length).toBeLessThanOrEqual(dialect === 'anthropic' ? 256 : 64)
      if (sent === user) return
      expect(sendAsk(client, { user }, [id, provider]).body.user).toBe(sent)
      expect(sendAsk(client, { user: `${user}!` }, [id, provider]).body.user).not.toBe(sent)
      expect(dropped).toContain(client === 'anthropic' ? 'metadata.user_id' : 'user')
    })

    it.each(Object.entries(provider.models).filter(([, facts]) => facts.outputTokens !== undefined))(
      'is asked for no more output than %s writes',
      (model, { outputTokens }) => {
        for (const asked of ['claude-*', model]) {
          const sent = sendAsk(client, { limit: 2_000_000 }, [id, provider], { model, asked })
          expect(limitOf(sent)).toBe(outputTokens)
          expect(sent.dropped).toContain(limitNames[client])
          const small = sendAsk(client, { limit: 100 }, [id, provider], { model, asked })
          expect(limitOf(small)).toBe(100)
          expect(small.dropped).not.toContain(limitNames[client])
        }
      },
    )

    it.each([-1, 0])('is given no limit and no top_k of %d', (nothing) => {
      // Anthropic's own clients must name a limit, and others' are refused one below one where they
      // are read.
      const { dialect, body } = sendAsk(client, { limit: 500, topK: nothing }, [id, provider])
      if (dialect !== client) {
        expect(everyMember(body, 'top_k')).toEqual([])
        expect(everyMember(body, 'topK')).toEqual([])
      }
    })

    it('is given top_k only where it is known to take it', () => {
      if (client === 'openai-responses') return
      const { dialect, body, dropped } = sendAsk(client, { topK: 64 }, [id, provider])
      if (dialect !== 'openai-chat' || client === dialect) return
      const takes = provider.quirks?.['openai-chat']?.takes?.includes('top_k') ?? false
      expect(body.top_k).toBe(takes ? 64 : undefined)
      expect(dropped.some((name) => /top_?k/i.test(name))).toBe(!takes)
    })

    it('is given no more stop sequences than it takes', () => {
      if (client === 'openai-responses') return
      const stop = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
      const { dialect, body, dropped } = sendAsk(client, { stop }, [id, provider])
      if (dialect === client || dialect === 'anthropic') return
      const [sent = []] = [...everyMember(body, 'stop'), ...everyMember(body, 'stopSequences')]
      expect(Array.isArray(sent) ? sent.length : 0).toBeLessThanOrEqual(dialect === 'openai-chat' ? 4 : 5)
      expect(dropped.some((name) => name.includes('stop'))).toBe(true)
    })
  })
})

describe('a limit', () => {
  it.each(clientDialects.filter((client) => client !== 'anthropic'))(
    'below one is none, for %s clients',
    (client) => {
      const other: [string, Provider] =
        client === 'gemini' ? ['c', customProvider('openai-chat')] : ['c', customProvider('gemini')]
      const sent = sendAsk(client, { limit: 7 }, other)
      expect(limitOf(sent)).toBe(7)
    },
  )

  it('that a Chat client says is -1 goes to nobody else', () => {
    const body = { messages: [{ role: 'user', content: 'hi' }], max_tokens: -1 }
    for (const receiver of receivers) {
      const sent = send('openai-chat', body, receiver)
      if (sent.dialect !== 'openai-chat') expect(limitOf(sent)).not.toBe(-1)
    }
  })

  it('stays as it is where nothing is known of the model', () => {
    const body = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 2_000_000 }
    const sent = send('openai-chat', body, ['groq', catalog.groq], {
      model: 'new-model',
      asked: 'groq/new-model',
    })
    expect(sent.body.max_tokens).toBe(2_000_000)
    expect(sent.dropped).toEqual([])
  })
})

describe('effort', () => {
  const effortIn = ({ body }: { body: JsonObject }): Json | undefined =>
    body.reasoning_effort ?? at(body, 'reasoning', 'effort')
  const cases: [string, Provider, string, Record<string, string | undefined>][] = [
    ['openai', catalog.openai, 'o4-mini', { max: 'high', xhigh: 'high', minimal: 'low', low: 'low' }],
    ['openai', catalog.openai, 'gpt-5-mini', { max: 'high', minimal: 'minimal', none: 'minimal' }],
    ['openai', catalog.openai, 'gpt-5.2', { max: 'xhigh', minimal: 'low', none: 'none' }],
    ['openai', catalog.openai, 'gpt-5.4-mini', { max: 'xhigh', high: 'high' }],
    ['openai', catalog.openai, 'gpt-4.1', { high: undefined, none: undefined }],
    ['groq', catalog.groq, 'openai/gpt-oss-20b', { max: 'high', minimal: 'low', medium: 'medium' }],
    ['groq', catalog.groq, 'qwen/qwen3-32b', { max: 'default', low: 'default', none: 'none' }],
    ['mistral', catalog.mistral, 'mistral-small-latest', { low: 'high', max: 'high', none: 'none' }],
    ['custom', customProvider('openai-chat'), 'any', { max: 'high', minimal: 'low', none: undefined }],
    ['custom', customProvider('openai-responses'), 'any', { xhigh: 'high', low: 'low' }],
  ]
  const flat = cases.flatMap(([id, provider, model, words]) =>
    Object.entries(words).map(([asked, word]) => ({ id, provider, model, asked, word })),
  )

  it.each(flat)('$asked is $word at $id/$model, for every client that says it', (one) => {
    const { id, provider, model, asked, word } = one
    for (const client of ['openai-chat', 'openai-responses', 'anthropic'] as const) {
      // Claude's clients say it in words from low to max.
      if (client === 'anthropic' && (asked === 'none' || asked === 'minimal')) continue
      const sent = sendAsk(client, { effort: asked }, [id, provider], { model, asked: 'a-route' })
      expect(effortIn(sent), client).toBe(word)
      if (word !== asked && asked !== 'none') expect(sent.dropped.length, client).toBeGreaterThan(0)
    }
  })

  it('is left to the provider where the client named this very model', () => {
    const sent = sendAsk('openai-chat', { effort: 'max' }, ['openai', catalog.openai], { model: 'o4-mini' })
    expect(sent.body.reasoning_effort).toBe('max')
  })

  it.each(['gpt-5.5-codex', 'openai/gpt-4.1'])(
    'and encrypted reasoning are not asked of a model without reasoning, by %s',
    (asked) => {
      const body = {
        input: 'hi',
        reasoning: { effort: 'high', summary: 'auto' },
        include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
        store: false,
      }
      const routed = send('openai-responses', body, ['openai', catalog.openai], {
        model: 'gpt-4.1',
        asked,
      })
      expect(routed.body.reasoning).toBeUndefined()
      expect(routed.body.include).toEqual(['message.output_text.logprobs'])
      expect(routed.dropped).toEqual(['reasoning', 'include'])
      const named = send('openai-responses', body, ['openai', catalog.openai], { model: 'gpt-5.5' })
      expect(named.body).toMatchObject(body)
    },
  )
})

describe('fields of other vendors', () => {
  const body = {
    messages: [{ role: 'user', content: 'hi' }],
    store: true,
    top_k: 40,
    prompt_cache_key: 'k',
    verbosity: 'low',
  }

  it('that only OpenAI knows do not reach xAI', () => {
    const { body: sent, dropped } = send('openai-chat', body, ['xai', catalog.xai])
    expect(sent.store).toBeUndefined()
    expect(dropped).toContain('store')
  })

  it('are left out at a custom provider that a route led to, and named', () => {
    const custom = customProvider('openai-chat')
    const { body: sent, dropped } = send('openai-chat', body, ['c', custom], { asked: 'a-route' })
    expect(Object.keys(sent).toSorted()).toEqual(['messages', 'model'])
    expect(dropped.toSorted()).toEqual(['prompt_cache_key', 'store', 'top_k', 'verbosity'])
  })

  it('are the client’s own affair where it named the model', () => {
    const custom = customProvider('openai-chat')
    const { body: sent, dropped } = send('openai-chat', body, ['c', custom], { asked: 'c/custom-model' })
    expect(sent).toEqual({ ...body, model: 'custom-model' })
    expect(dropped).toEqual([])
  })
})

describe('temperature', () => {
  const taking: [string, string | undefined, boolean][] = [
    ['gpt-5.4-nano', undefined, true],
    ['gpt-5.4-nano', 'none', true],
    ['gpt-5.4-nano', 'low', false],
    ['gpt-5.2', undefined, true],
    ['gpt-5.5', undefined, false],
    ['gpt-5-mini', undefined, false],
    ['o3', undefined, false],
    ['gpt-4.1', undefined, true],
  ]
  it.each(taking)('at %s with the effort %s goes out: %s', (model, effort, goes) => {
    const row: [string, Provider] = ['openai', catalog.openai]
    const chat = {
      messages: [{ role: 'user', content: 'x' }],
      temperature: 0,
      ...(effort && { reasoning_effort: effort }),
    }
    const responses = { input: 'x', temperature: 0, ...(effort && { reasoning: { effort } }) }
    for (const sent of [
      send('openai-chat', chat, row, { model }),
      send('openai-responses', responses, row, { model }),
    ]) {
      expect(sent.body.temperature).toBe(goes ? 0 : undefined)
      expect(sent.dropped).toEqual(goes ? [] : ['temperature'])
    }
  })
})

describe('fields that OpenAI has in both of its dialects', () => {
  const tools = [
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
  ]
  const asked = { messages: [{ role: 'user', content: 'x' }], tools, reasoning_effort: 'low' }
  const shared = {
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    safety_identifier: 'u',
    service_tier: 'flex',
    metadata: { a: 'b' },
  }

  it('reach it from a Chat client that is translated', () => {
    const body = { ...asked, ...shared, verbosity: 'low' }
    const sent = send('openai-chat', body, ['openai', catalog.openai], { model: 'gpt-5.4' })
    expect(sent.dialect).toBe('openai-responses')
    expect(sent.body).toMatchObject({ ...shared, text: { verbosity: 'low' } })
  })

  it('do not reach others that speak Responses', () => {
    const custom = customProvider('openai-responses')
    const sent = send('openai-chat', { ...asked, ...shared, verbosity: 'low' }, ['c', custom])
    for (const name of [...Object.keys(shared), 'text']) expect(sent.body).not.toHaveProperty(name)
  })
})
