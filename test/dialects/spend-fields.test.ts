import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { withoutProviderTools, withoutToolSettings } from '../../src/dialects/provider-tools.ts'
import { withoutChoices, withoutChoosingFlags, writesHourCache } from '../../src/dialects/spend-fields.ts'

describe('settings by which a provider picks another model, price or tier', () => {
  it.each([
    [{ models: ['vendor/most-expensive'] }, ['models']],
    [{ provider: { order: ['x'] }, route: 'fallback' }, ['provider', 'route']],
    [{ service_tier: 'priority' }, ['service_tier']],
    [{ serviceTier: 'priority' }, ['serviceTier']],
    [{ plugins: [{ id: 'web' }], transforms: ['middle-out'] }, ['plugins', 'transforms']],
    [{ web_search_options: {}, search_parameters: {} }, ['web_search_options', 'search_parameters']],
    [{ speed: 'fast', inference_geo: 'us', fallbacks: 'default' }, ['speed', 'inference_geo', 'fallbacks']],
    [{ preset: 'dear', lora: 'x', engine: 'y' }, ['preset', 'lora', 'engine']],
    [{ extra_body: { models: ['x'], top_k: 5 } }, ['extra_body.models']],
    [{ providerOptions: { gateway: { models: ['x'] } } }, ['providerOptions']],
    [{ generationConfig: { routingConfig: {}, temperature: 1 } }, ['generationConfig.routingConfig']],
    [{ reasoning: { mode: 'pro', effort: 'low' } }, ['reasoning.mode']],
  ])('are left out of %j and named', (fields, dropped) => {
    const given = { model: 'm', temperature: 1, messages: [], ...fields }
    const cleaned = withoutChoices(given)
    expect(cleaned.dropped).toEqual(dropped)
    for (const path of dropped)
      expect(JSON.stringify(cleaned.body)).not.toContain(`"${path.split('.').at(-1)}"`)
    expect(cleaned.body).toMatchObject({ model: 'm', temperature: 1, messages: [] })
  })

  it('are not looked for in words, schemas and metadata', () => {
    const body = {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'x', provider: 'mine' }] }],
      tools: [{ type: 'function', function: { name: 'f', parameters: { properties: { models: {} } } } }],
      metadata: { provider: 'mine', service_tier: 'x' },
      response_format: { type: 'json_schema', json_schema: { schema: { properties: { speed: {} } } } },
    }
    expect(withoutChoices(body)).toEqual({ body, dropped: [] })
    expect(withoutChoices(body).body).toBe(body)
  })

  it('that hide deep are left out with their member', () => {
    let nested: JsonObject = { models: ['x'] }
    for (let depth = 0; depth < 100; depth++) nested = { a: nested }
    expect(JSON.stringify(withoutChoices({ extra_body: nested }).body)).not.toContain('models')
  })

  it('in the flags of a header are left out, and the others stay', () => {
    const headers = { 'anthropic-beta': 'files-api-2025-04-14, context-1m-2025-08-07,fast-mode-2026-02-01' }
    expect(withoutChoosingFlags(headers)).toEqual({
      headers: { 'anthropic-beta': 'files-api-2025-04-14' },
      dropped: ['anthropic-beta:context-1m-2025-08-07', 'anthropic-beta:fast-mode-2026-02-01'],
    })
    expect(withoutChoosingFlags({ 'anthropic-beta': 'files-api-2025-04-14' }).dropped).toEqual([])
  })
})

describe('a cache that is kept for an hour', () => {
  it.each([
    { system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    { cache_control: { type: 'ephemeral', ttl: '1h' } },
    { messages: [{ content: [{ content: [{ cacheControl: { ttl: '24h' } }] }] }] },
  ])('is seen in %j', (body) => expect(writesHourCache(body)).toBe(true))

  it.each([
    { system: [{ type: 'text', text: 'ttl', cache_control: { type: 'ephemeral' } }], ttl: '1h' },
    { cache_control: { type: 'ephemeral', ttl: '5m' } },
    { cache_control: null },
  ])('is not seen in %j', (body) => expect(writesHourCache(body)).toBe(false))
})

describe('tools that run at the provider', () => {
  const own = { type: 'function', name: 'f', parameters: {} }

  it.each([
    ['openai-responses', { type: 'web_search' }],
    ['openai-responses', { type: 'image_generation' }],
    ['openai-responses', { type: 'mcp', server_url: 'https://x' }],
    ['anthropic', { type: 'web_search_20250305', name: 'web_search' }],
    ['openai-chat', { type: 'builtin_function', function: { name: '$web_search' } }],
  ] as const)('are left out in %s: %j', (dialect, tool) => {
    const cleaned = withoutProviderTools({ tools: [tool, own], tool_choice: 'auto' }, dialect)
    expect(cleaned).toEqual({ body: { tools: [own], tool_choice: 'auto' }, dropped: [`tools.${tool.type}`] })
    const alone = withoutProviderTools({ tools: [tool], tool_choice: { type: tool.type } }, dialect)
    expect(alone.body).toEqual({})
    expect(alone.dropped).toContain('tool_choice')
  })

  it('are left out in gemini, and declarations beside them stay', () => {
    const declared = { functionDeclarations: [{ name: 'f' }] }
    const tools = [{ googleSearch: {} }, { ...declared, google_maps: {} }]
    expect(withoutProviderTools({ tools }, 'gemini').body).toEqual({ tools: [declared] })
  })

  it.each<['openai-responses' | 'openai-chat' | 'anthropic' | 'gemini', object]>([
    ['openai-responses', { type: '' }],
    ['openai-responses', { type: null }],
    ['openai-responses', {}],
    ['openai-responses', { type: ['web_search'] }],
    ['openai-responses', { type: 'web_search_preview' }],
    ['openai-responses', { type: 'web_search_preview_2025_03_11' }],
    ['openai-responses', { type: ' web_search' }],
    ['openai-responses', { type: 'Web_Search' }],
    ['openai-responses', { type: 'shell', environment: { type: 'container_auto' } }],
    ['openai-responses', { type: 'namespace', name: 'n', tools: [{ type: 'web_search' }] }],
    ['openai-responses', { vector_store_ids: ['vs_1'] }],
    ['openai-responses', { type: 'x_search' }],
    ['openai-chat', { web_search: { enable: true } }],
    ['openai-chat', { type: 'function', function: { name: 'f' }, googleSearch: {} }],
    ['openai-chat', { google_search: {} }],
    ['openai-chat', { name: 'f', code_execution: {} }],
    ['openai-chat', { type: 'function', function: { name: '$web_search' } }],
    ['openai-chat', { type: 'openrouter:web_search' }],
    ['openai-chat', { type: 'browser_search' }],
    ['anthropic', { name: 'web_search', max_uses: 5 }],
    ['anthropic', { name: 'web_search' }],
    ['anthropic', { type: '', name: 'web_search' }],
    ['anthropic', { type: 'code_execution_20260120', name: 'code_execution' }],
    ['anthropic', { type: 'mcp_toolset', mcp_server_name: 'x' }],
    ['gemini', { google_search: {} }],
    ['gemini', { googleSearchRetrieval: {} }],
    ['gemini', { GoogleSearch: {} }],
    ['gemini', { url_context: {} }],
    ['gemini', { codeExecution: {} }],
  ])('are left out under any spelling, and without a type, in %s: %j', (dialect, tool) => {
    for (const tools of [[tool], tool]) {
      const cleaned = withoutProviderTools(JSON.parse(JSON.stringify({ tools })), dialect)
      expect(cleaned.body).toEqual({})
      expect(cleaned.dropped).toHaveLength(1)
    }
  })

  it.each([['web_search'], 'web_search'])('are left out where they are only named: %j', (tools) => {
    expect(withoutProviderTools({ tools }, 'openai-chat').body).toEqual({})
  })

  it.each([
    [{ mcp_servers: [{ type: 'url', url: 'https://x' }] }, 'mcp_servers'],
    [{ compound_custom: { tools: { enabled_tools: ['web_search'] } } }, 'compound_custom'],
    [{ extra_body: { google: { tools: [{ google_search: {} }] } } }, 'extra_body.google.tools'],
    [{ Tools: [{ type: 'web_search' }] }, 'Tools'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, 'generationConfig.responseModalities'],
  ])('are not switched on beside the list: %j', (fields, path) => {
    const kept = { model: 'm', tools: [own], modalities: ['text'] }
    expect(withoutToolSettings({ ...kept, ...fields }).dropped).toEqual([path])
    expect(withoutToolSettings(kept)).toEqual({ body: kept, dropped: [] })
  })

  it('are told from those that the client runs', () => {
    const tools = [
      own,
      { name: 'g', input_schema: {} },
      { name: 'g', description: 'x', input_schema: {}, cache_control: { type: 'ephemeral' } },
      { name: 'g', type: null, input_schema: { properties: { web_search: {} } } },
      { type: 'function', function: { name: 'web_search', parameters: {} } },
      { type: 'namespace', name: 'n', description: 'x', tools: [own] },
      { type: 'bash_20250124', name: 'bash' },
      { type: 'custom', name: 'h' },
    ]
    expect(withoutProviderTools({ tools }, 'anthropic').dropped).toEqual([])
  })
})

describe('tools that run at the provider, wherever a request has them', () => {
  it('are left out where one object stands for a list of one', () => {
    const cleaned = withoutProviderTools({ contents: [], tools: { google_search: {} } }, 'gemini')
    expect(cleaned).toEqual({ body: { contents: [] }, dropped: ['tools.google_search'] })
    const own = { tools: { functionDeclarations: { name: 'f' } } }
    expect(withoutProviderTools(own, 'gemini').body).toBe(own)
  })

  it('are left out of tools that come in the input, and of namespaces', () => {
    const plain = { type: 'function', name: 'f' }
    const hosted = { type: 'web_search' }
    const space = { type: 'namespace', name: 'n', tools: [plain, hosted] }
    const input = [{ type: 'additional_tools', role: 'developer', tools: [hosted, plain] }, 'x']
    const cleaned = withoutProviderTools({ input, tools: [space] }, 'openai-responses')
    expect(cleaned).toEqual({
      body: {
        input: [{ type: 'additional_tools', role: 'developer', tools: [plain] }, 'x'],
        tools: [{ ...space, tools: [plain] }],
      },
      dropped: ['tools.web_search'],
    })
  })
})
