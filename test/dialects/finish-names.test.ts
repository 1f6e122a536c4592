import { expect, it } from 'vitest'
import { entryOf } from '../../src/dialects/json-read.ts'
import { outbound } from '../../src/dialects/index.ts'

it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a provider that ends with “%s” ends in a way that no table knows',
  (raw) => {
    expect(entryOf({ stop: 'stop' }, raw)).toBeUndefined()
    const body = {
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: raw }],
    }
    expect(outbound['openai-chat']?.parseResponse(body).choices[0]?.finish).toEqual({ reason: 'other', raw })
  },
)
