import { expect, it } from 'vitest'
import { clientName } from '../../src/observe/client-name.ts'

it.each([
  ['codex_cli_rs/0.58.0 (Mac OS 15.1; arm64) iTerm', 'codex_cli_rs/0.58.0 (Mac OS 15.1; arm64) iTerm'],
  ['  OpenAI/Python\t2.1.0\r\n ', 'OpenAI/Python 2.1.0'],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
    'Chrome/142.0',
  ],
  ['Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox/140.0'],
  ['my-tool/1 sk-proj-abcdefghijklmnop1234', 'my-tool/1 [redacted]'],
  ['x'.repeat(5000), 'x'.repeat(80)],
  ['\u0000\u202e', undefined],
  ['', undefined],
  [undefined, undefined],
])('a client that calls itself %j is %j', (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name)
})
