import type { DialectId } from '../../src/domain/dialects.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import { findKeptState } from '../../src/dialects/provider-state.ts'
import { anyRequest } from '../any-request.ts'

const dialects: DialectId[] = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'openai-embeddings']

function find(body: JsonObject, dialect: DialectId = 'openai-responses') {
  const request: ChatRequest = { ...anyRequest, origin: { dialect, body } }
  return findKeptState(request)?.what
}

describe('state that a provider keeps', () => {
  it.each<[DialectId, JsonObject, string]>([
    ['openai-responses', { input: [{ id: 'msg_abc' }] }, 'input[0]'],
    ['openai-responses', { input: [{ type: 'item_reference', id: 'msg_abc' }] }, 'input[0]'],
    ['openai-responses', { input: [{ type: 'message', id: 'msg_abc' }] }, 'input[0]'],
    ['openai-responses', { input: [{ type: 'reasoning', id: 'rs_abc', summary: [] }] }, 'input[0]'],
    ['openai-responses', { input: [{ type: 'image_generation_call', id: 'ig_1' }] }, 'input[0]'],
    [
      'openai-responses',
      { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] },
      'tools[0].vector_store_ids',
    ],
    [
      'openai-responses',
      { tools: [{ type: 'code_interpreter', container: 'cntr_1' }] },
      'tools[0].container',
    ],
    [
      'openai-responses',
      { tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-1'] } }] },
      'tools[0].container.file_ids',
    ],
    [
      'openai-responses',
      {
        input: [
          { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_file', file_id: 'file-1' }] },
        ],
      },
      'input[0].output[0].file_id',
    ],
    ['openai-responses', { prompt: { id: 'pmpt_1' } }, 'prompt'],
    ['openai-responses', { conversation: { id: 'conv_1' } }, 'conversation'],
    ['openai-chat', { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }, 'messages[0].audio'],
    [
      'openai-chat',
      { extra_body: { google: { cached_content: 'cachedContents/1' } } },
      'extra_body.google.cached_content',
    ],
    [
      'anthropic',
      { messages: [{ role: 'user', content: [{ type: 'container_upload', file_id: 'file_1' }] }] },
      'messages[0].content[0].file_id',
    ],
    [
      'anthropic',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'tool_result', content: [{ source: { type: 'file', file_id: 'f' } }] }],
          },
        ],
      },
      'messages[0].content[0].content[0].source.file_id',
    ],
    [
      'anthropic',
      { container: { skills: [{ type: 'custom', skill_id: 'skill_1' }] } },
      'container.skills[0].skill_id',
    ],
    [
      'gemini',
      { tools: [{ fileSearch: { fileSearchStoreNames: ['fileSearchStores/1'] } }] },
      'tools[0].fileSearch.fileSearchStoreNames',
    ],
    [
      'gemini',
      { contents: [{ parts: [{ fileData: { fileUri: 'gs://bucket/x' } }] }] },
      'contents[0].parts[0].fileData.fileUri',
    ],
    ['openai-responses', { type: 'tool_use', input: [{ id: 'msg_abc' }] }, 'input[0]'],
    [
      'openai-responses',
      { input: [{ type: 'tool_use', input: { file_id: 'f' } }] },
      'input[0].input.file_id',
    ],
    [
      'openai-responses',
      { input: [{ type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: true }] },
      'input[0].approval_request_id',
    ],
    ['openai-responses', { tools: [{ type: 'mcp', connector_id: 'c' }] }, 'tools[0].connector_id'],
    [
      'openai-responses',
      { tools: [{ type: 'file_search', collection_ids: ['c'] }] },
      'tools[0].collection_ids',
    ],
    [
      'openai-responses',
      { tools: [{ type: 'shell', environment: { type: 'container_reference', container_id: 'c' } }] },
      'tools[0].environment.container_id',
    ],
    [
      'openai-responses',
      { tools: [{ type: 'image_generation', input_image_mask: { file_id: 'f' } }] },
      'tools[0].input_image_mask.file_id',
    ],
    ['openai-chat', { agent: { id: 'ag_1' } }, 'agent'],
    ['openai-chat', { connectors: [{ id: 'x' }] }, 'connectors'],
    ['openai-chat', { preset: 'mine' }, 'preset'],
    ['openai-chat', { model: 'openai/gpt-5@preset/mine' }, 'model'],
    ['openai-chat', { messages: [{ role: 'system', content: 'fileid://file-1' }] }, 'messages[0].content'],
    [
      'openai-chat',
      { messages: [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'ms://file-1' } }] }] },
      'messages[0].content[0].video_url.url',
    ],
    [
      'openai-chat',
      { tools: [{ type: 'rag', rag_options: { pipeline_ids: ['p'] } }] },
      'tools[0].rag_options',
    ],
    ['anthropic', { container: { id: 'container_1' } }, 'container'],
    ['anthropic', { Container: 'container_1' }, 'Container'],
    ['gemini', { cached_content: 'cachedContents/1' }, 'cached_content'],
    ['gemini', { previous_interaction_id: 'i' }, 'previous_interaction_id'],
    [
      'gemini',
      { tools: [{ retrieval: { vertexAiSearch: { datastore: 'x' } } }] },
      'tools[0].retrieval.vertexAiSearch.datastore',
    ],
  ])('is found in %s: %j', (dialect, body, path) => {
    expect(find(body, dialect)).toBe(path)
  })

  it.each<[DialectId, JsonObject]>([
    [
      'openai-chat',
      { tools: [{ type: 'function', function: { name: 'f', parameters: { properties: { file_id: {} } } } }] },
    ],
    ['openai-chat', { messages: [{ role: 'user', content: '{"file_id":"x"}' }], metadata: { file_id: 'x' } }],
    ['openai-chat', { response_format: { json_schema: { schema: { properties: { container_id: {} } } } } }],
    ['openai-chat', { audio: { voice: 'alloy', format: 'wav' } }],
    [
      'openai-chat',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'https://storage.googleapis.com/b/x.png' } }],
          },
        ],
      },
    ],
    [
      'anthropic',
      {
        messages: [
          { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'n', input: { file_id: 'x' } }] },
        ],
      },
    ],
    ['anthropic', { tools: [{ name: 'n', input_schema: { properties: { vector_store_ids: {} } } }] }],
    ['anthropic', { container: { skills: [{ type: 'anthropic', skill_id: 'pptx' }] } }],
    ['gemini', { contents: [{ parts: [{ functionCall: { name: 'n', args: { fileId: 'x' } } }] }] }],
    ['gemini', { contents: [{ parts: [{ functionResponse: { name: 'n', response: { file_id: 'x' } } }] }] }],
    ['gemini', { contents: [{ parts: [{ fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } }] }] }],
    ['openai-responses', { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
    [
      'openai-responses',
      {
        input: [
          { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
        ],
      },
    ],
    ['openai-responses', { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }] }],
    [
      'openai-responses',
      {
        input: [{ type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{"file_id":"x"}' }],
      },
    ],
    ['openai-responses', { input: [{ type: 'image_generation_call', id: 'ig_1', result: 'iVBORw0KGgo' }] }],
    [
      'openai-responses',
      { input: [{ type: 'function_call_output', id: 'o', call_id: 'c', output: 'file_id' }] },
    ],
    [
      'openai-responses',
      { input: [{ type: 'reasoning', id: 'rs_1', content: [{ type: 'reasoning_text', text: 'So.' }] }] },
    ],
    [
      'openai-responses',
      { tools: [{ type: 'mcp', server_url: 'https://x', headers: { 'mcp-session-id': 'x' } }] },
    ],
    ['openai-chat', { guided_json: { properties: { file_id: { type: 'string' } } } }],
    ['openai-chat', { grammar: { properties: { thread_id: {} } }, profile_id: 'x', filename: 'file-1' }],
    ['openai-chat', { messages: [{ role: 'user', content: 'fileid://file-1 is an address' }] }],
    [
      'openai-chat',
      {
        messages: [
          {
            role: 'assistant',
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"file_id":"x"}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'call_1', content: '{"file_id":"x","conversation":"y"}' },
        ],
      },
    ],
    ['anthropic', { tools: [{ name: 'n', input_schema: {}, input_examples: [{ session_id: 'x' }] }] }],
    ['openai-responses', { previous_response_id: null, conversation: null, container: null }],
  ])('is not seen in what is data, in %s: %j', (dialect, body) => {
    expect(find(body, dialect)).toBeUndefined()
  })

  it('is found in reasoning of another dialect that a client made up', () => {
    const opaque = {
      dialect: 'openai-responses' as const,
      data: { type: 'reasoning', id: 'rs_1', summary: [] },
    }
    const messages: ChatRequest['messages'] = [
      { role: 'assistant', content: [{ type: 'reasoning', text: '', opaque }] },
    ]
    expect(findKeptState({ ...anyRequest, messages })).toMatchObject({ dialect: 'openai-responses' })
  })

  it('is found in any place and spelling, in every dialect', () => {
    const names =
      'file_id fileId FILE-ID file_ids vector_store_ids vectorStoreIds memory_store_id fileSearchStoreNames ' +
      'file_search_store_names container_id containerId previous_response_id cachedContent cached_content ' +
      'thread_id assistantId skill_id session_id connector_id collection_ids Collection-IDs agent_id library_ids ' +
      'previousInteractionId cached_content_name vault_ids memory_id context_id input_file_ids knowledgeBaseId'
    const name = fc.constantFrom(...names.split(' '))
    const step = fc.oneof(
      fc.constantFrom(
        'messages',
        'content',
        'input',
        'tools',
        'source',
        'output',
        'parts',
        'file',
        'extra_body',
      ),
      fc.constant(0),
    )
    fc.assert(
      fc.property(
        name,
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom(...dialects),
        (member, path, dialect) => {
          const nested = path.reduceRight<Json>(
            (inner, at) =>
              typeof at === 'number' ? ['x', inner, null] : { other: 1, [at]: inner, text: 'y' },
            { [member]: ['an-id'] },
          )
          expect(find({ model: 'm', deep: nested }, dialect)?.endsWith(member)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is looked for in a body of any depth', () => {
    let deep: Json = { file_id: 'file-1' }
    for (let level = 0; level < 20_000; level++) deep = [deep]
    expect(find({ input: deep })).toContain('file_id')
  })
})
