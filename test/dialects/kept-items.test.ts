/**
 * Items of the Responses API that are read from what an account keeps, whatever labels they have.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { findKeptState } from '../../src/dialects/provider-state.ts'
import { anyRequest } from '../any-request.ts'

describe('an item with an id and nothing else to say', () => {
  it.each<[DialectId, JsonObject, string]>([
    [
      'openai-responses',
      {
        input: [
          {
            type: 'reasoning',
            id: 'rs_1',
            status: 'completed',
            summary: [{ type: 'summary_text', text: 'So.' }],
          },
        ],
      },
      'input[0]',
    ],
    [
      'openai-responses',
      {
        input: [{ type: 'image_generation_call', id: 'ig_1', status: 'completed', size: '1x1', result: '' }],
      },
      'input[0]',
    ],
    [
      'openai-responses',
      {
        input: [
          {
            type: 'web_search_call',
            id: 'ws_1',
            status: 'completed',
            action: { type: 'search', query: 'x' },
          },
        ],
      },
      'input[0]',
    ],
    ['openai-responses', { input: [{ type: 'file_search_call', id: 'fs_1', queries: ['x'] }] }, 'input[0]'],
    ['openai-responses', { input: [{ type: 'code_interpreter_call', id: 'ci_1', code: 'x' }] }, 'input[0]'],
    [
      'openai-responses',
      { input: [{ type: 'mcp_call', id: 'mcp_1', name: 'f', arguments: '{}' }] },
      'input[0]',
    ],
    [
      'openai-responses',
      { input: [{ type: 'mcp_list_tools', id: 'm', server_label: 'x', tools: [] }] },
      'input[0]',
    ],
    [
      'openai-responses',
      { input: [{ type: 'function_call', id: 'fc_1', name: 'f', call_id: 'c' }] },
      'input[0]',
    ],
    [
      'openai-responses',
      {
        input: [
          { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: '' }] },
        ],
      },
      'input[0]',
    ],
    ['openai-responses', { input: [{ type: 'later_call', id: 'x_1', note: 'filler' }] }, 'input[0]'],
    ['openai-responses', { input: [{ type: null, id: 'x_1', filler: 1 }] }, 'input[0]'],
  ])('is a reference in %s: %j', (dialect, body, path) => {
    expect(findKeptState({ ...anyRequest, origin: { dialect, body } })?.what).toBe(path)
  })
})
