/** The names that the hub takes for its own. */
import { expect, it } from 'vitest'
import { isOwnHost, noteReachedHost } from '../../src/http/own-hosts.ts'

const isOwn = (url: string): boolean => isOwnHost(new URL(url))

it('in a deployment are those under which it was reached', () => {
  noteReachedHost({}, 'https://Hub.example.net/v1/models')
  expect(isOwn('https://hub.example.net./v1')).toBe(true)
  expect(isOwn('https://other.example.net/v1')).toBe(false)
})

it('in a local run are this machine at the port of the run, whatever a request says', () => {
  const local = { HUB_LOCAL: '1', HUB_PORT: '8787' }
  noteReachedHost(local, 'http://127.0.0.1:9001/v1/models')
  expect(isOwn('http://127.0.0.1:9001/v1')).toBe(false)
  for (const name of ['localhost', '127.0.0.1', '127.1', '[::1]', '0.0.0.0', '[::ffff:127.0.0.1]']) {
    expect(isOwn(`http://${name}:8787/v1`), name).toBe(true)
  }
  expect(isOwn('http://127.0.0.1:8788/v1')).toBe(false)
})

it('in a local run without a known port are none', () => {
  noteReachedHost({ HUB_LOCAL: '1' }, 'http://127.0.0.1:9100/')
  expect(isOwn('http://127.0.0.1:9100/')).toBe(false)
})
