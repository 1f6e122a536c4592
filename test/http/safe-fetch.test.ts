import { describe, expect, it } from 'vitest'
import { checkBaseUrl } from '../../src/http/safe-fetch.ts'

const strict = { allowPrivate: false }

describe('a base URL', () => {
  it.each([
    ['https://models.example.org/v1/', 'https://models.example.org/v1'],
    ['https://API.Example.org', 'https://api.example.org'],
    ['https://8.8.8.8/v1', 'https://8.8.8.8/v1'],
    ['https://[2606:4700::1111]/v1', 'https://[2606:4700::1111]/v1'],
  ])('is taken where it is public: %s', (text, normal) =>
    expect(checkBaseUrl(text, 'baseUrl', strict)).toBe(normal),
  )

  it.each([
    'not a url',
    'http://models.example.org',
    'ftp://models.example.org',
    'https://models.example.org:8443/v1',
    'https://user:pass@models.example.org',
    'https://models.example.org/v1?x=1',
    'https://models.example.org/#x',
    'https://localhost/v1',
    'https://hub.localhost/v1',
    'https://intranet/v1',
    'https://db.internal/v1',
    'https://printer.local./v1',
    'https://127.0.0.1/v1',
    'https://127.1/v1',
    'https://2130706433/v1',
    'https://0x7f000001/v1',
    'https://0177.0.0.1/v1',
    'https://0.0.0.0/v1',
    'https://10.1.2.3/v1',
    'https://100.64.0.1/v1',
    'https://169.254.169.254/latest',
    'https://172.16.0.1/v1',
    'https://192.168.1.1/v1',
    'https://198.18.0.1/v1',
    'https://224.0.0.1/v1',
    'https://255.255.255.255/v1',
    'https://[::1]/v1',
    'https://[::]/v1',
    'https://[::ffff:127.0.0.1]/v1',
    'https://[64:ff9b::7f00:1]/v1',
    'https://[fe80::1]/v1',
    'https://[fc00::1]/v1',
    'https://[2002:7f00:1::]/v1',
    'https://[2001:db8::1]/v1',
  ])('is refused: %s', (text) => {
    expect(() => checkBaseUrl(text, 'baseUrl', strict)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR', param: 'baseUrl' }),
    )
  })

  it('may be private where the deployment allows it, but is still checked', () => {
    expect(checkBaseUrl('http://127.0.0.1:11434/v1', 'baseUrl', { allowPrivate: true })).toBe(
      'http://127.0.0.1:11434/v1',
    )
    expect(() => checkBaseUrl('file:///etc/passwd', 'baseUrl', { allowPrivate: true })).toThrow()
    expect(() => checkBaseUrl('http://a:b@127.0.0.1/v1', 'baseUrl', { allowPrivate: true })).toThrow()
  })
})
