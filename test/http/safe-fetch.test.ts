/**
 * The list of request forgeries: however an address is written and wherever its name points to, the
 * hub calls nothing but the public internet.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { noteOwnHost } from '../../src/http/own-hosts.ts'
import { type Resolver, resolveOverHttps } from '../../src/http/dns.ts'
import { addressRules, type AddressRules, checkBaseUrl, safeFetch } from '../../src/http/safe-fetch.ts'

/** Where names point to in these tests. */
const names: Record<string, string[]> = {
  'models.public.net': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'xn--mnchen-3ya.de': ['188.68.47.1'],
  'api.public.net': ['104.18.0.1'],
  'loopback.public.net': ['127.0.0.1'],
  'metadata.public.net': ['169.254.169.254'],
  'lan.public.net': ['192.168.0.10'],
  'ten.public.net': ['10.0.0.1'],
  'cgnat.public.net': ['100.100.100.200'],
  'zero.public.net': ['0.0.0.0'],
  'six.public.net': ['::1'],
  'ula.public.net': ['fd00:ec2::254'],
  'mapped.public.net': ['::ffff:10.0.0.1'],
  'translated.public.net': ['64:ff9b::a00:1'],
  'tunnelled.public.net': ['2002:0a00:0001::1'],
  'half.public.net': ['93.184.215.14', '10.0.0.1'],
  'half-six.public.net': ['93.184.215.14', 'fe80::1'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'garbage.public.net': ['not an address'],
  'nowhere.public.net': [],
}
const resolve: Resolver = async (name) => ({ addresses: names[name] ?? [], ttlSeconds: 60 })
const strict: AddressRules = { allowPrivate: false, resolve }

const refused: [kind: string, addresses: string[]][] = [
  ['no URL', ['', 'models.public.net', 'https://', 'https:///v1', '//models.public.net/v1']],
  [
    'another scheme',
    [
      'http://models.public.net/v1',
      'ftp://models.public.net/v1',
      'file:///etc/passwd',
      'gopher://models.public.net',
      'data:text/plain,x',
      'javascript:alert(1)',
      'ws://models.public.net',
    ],
  ],
  ['another port', ['https://models.public.net:8443/v1', 'https://models.public.net:22/v1']],
  [
    'user names',
    [
      'https://user:pass@models.public.net/v1',
      'https://models.public.net@127.0.0.1/v1',
      'https://models.public.net:x@169.254.169.254/v1',
      'https://models.public.net%40127.0.0.1/v1',
    ],
  ],
  [
    'what readers of a URL disagree about',
    [
      'https://models.public.net\\@127.0.0.1/v1',
      'https://127.0.0.1\\.models.public.net/v1',
      'https://models.public\n.net/v1',
      'https://mod\tels.public.net/v1',
      'https://models.public.net/v1?x=1',
      'https://models.public.net/#@127.0.0.1',
    ],
  ],
  [
    'names for local use',
    [
      'https://localhost/v1',
      'https://LOCALHOST/v1',
      'https://localhost./v1',
      'https://hub.localhost/v1',
      'https://intranet/v1',
      'https://db.internal/v1',
      'https://metadata.google.internal/computeMetadata/v1',
      'https://printer.local./v1',
      'https://router.lan/v1',
      'https://nas.home.arpa/v1',
      'https://service.onion/v1',
      'https://loc%61lhost/v1',
      'https://ｌｏｃａｌｈｏｓｔ/v1',
    ],
  ],
  [
    'IPv4 in any notation',
    [
      'https://127.0.0.1/v1',
      'https://127.0.0.1./v1',
      'https://127.1/v1',
      'https://127.0.1/v1',
      'https://2130706433/v1',
      'https://017700000001/v1',
      'https://0x7f000001/v1',
      'https://0x7f.0.0.1/v1',
      'https://0x7f.1/v1',
      'https://0177.0.0.1/v1',
      'https://0177.0.0.01/v1',
      'https://%31%32%37.0.0.1/v1',
      'https://①②⑦.⓪.⓪.①/v1',
      'https://127。0。0。1/v1',
      'https://0/v1',
      'https://0.0.0.0/v1',
      'https://10.1.2.3/v1',
      'https://0xA9FEA9FE/v1',
      'https://2852039166/v1',
      'https://169.254.169.254/latest',
      'https://100.64.0.1/v1',
      'https://172.16.0.1/v1',
      'https://172.31.255.255/v1',
      'https://192.168.1.1/v1',
      'https://192.0.0.8/v1',
      'https://192.0.2.1/v1',
      'https://192.88.99.1/v1',
      'https://198.18.0.1/v1',
      'https://198.51.100.1/v1',
      'https://203.0.113.1/v1',
      'https://224.0.0.1/v1',
      'https://240.0.0.1/v1',
      'https://255.255.255.255/v1',
      'https://256.256.256.256/v1',
    ],
  ],
  [
    'IPv6 in any notation',
    [
      'https://[::1]/v1',
      'https://[0:0:0:0:0:0:0:1]/v1',
      'https://[::]/v1',
      'https://[::ffff:127.0.0.1]/v1',
      'https://[::ffff:7f00:1]/v1',
      'https://[::ffff:0:127.0.0.1]/v1',
      'https://[::127.0.0.1]/v1',
      'https://[64:ff9b::7f00:1]/v1',
      'https://[64:ff9b:1::a00:1]/v1',
      'https://[100::1]/v1',
      'https://[fe80::1]/v1',
      'https://[fe80::1%25eth0]/v1',
      'https://[fec0::1]/v1',
      'https://[fc00::1]/v1',
      'https://[fd00:ec2::254]/v1',
      'https://[ff02::1]/v1',
      'https://[2001::1]/v1',
      'https://[2001:0:7f00:1::]/v1',
      'https://[2001:10::1]/v1',
      'https://[2001:20::1]/v1',
      'https://[2001:db8::1]/v1',
      'https://[2002:7f00:1::]/v1',
      'https://[2002:c0a8:101::1]/v1',
      'https://[3fff::1]/v1',
      'https://[5f00::1]/v1',
    ],
  ],
  [
    'names that point to such addresses',
    [
      'https://loopback.public.net/v1',
      'https://LOOPBACK.public.net./v1',
      'https://metadata.public.net/v1',
      'https://lan.public.net/v1',
      'https://ten.public.net/v1',
      'https://cgnat.public.net/v1',
      'https://zero.public.net/v1',
      'https://six.public.net/v1',
      'https://ula.public.net/v1',
      'https://mapped.public.net/v1',
      'https://translated.public.net/v1',
      'https://tunnelled.public.net/v1',
      'https://half.public.net/v1',
      'https://half-six.public.net/v1',
      'https://127.0.0.1.nip.io/v1',
      'https://garbage.public.net/v1',
      'https://nowhere.public.net/v1',
    ],
  ],
  [
    'the hub itself',
    [
      'https://hub.public.net/v1',
      'https://HUB.public.net/v1',
      'https://hub.public.net./v1',
      'https://hub.public.net:443/v1',
      'https://llm-hub.somebody.workers.dev/v1',
    ],
  ],
]

beforeEach(() => {
  noteOwnHost('https://hub.public.net/api/providers')
  noteOwnHost('https://llm-hub.somebody.workers.dev/')
})
afterEach(() => vi.restoreAllMocks())

describe('a base URL', () => {
  it.each([
    'https://host.example.org/v1#',
    'https://host.example.org/v1?',
    'https://host.example.org/?#',
    'https://host.example.org/v1?a=b',
  ])('has no query and no fragment, not even an empty one: %s', async (text) => {
    await expect(checkBaseUrl(text, 'baseUrl', strict)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      param: 'baseUrl',
    })
  })

  it('is private only where an administrator answers for it and the deployment allows it', () => {
    const rules = (allowed: string, byAdmin: boolean) =>
      addressRules({ ALLOW_PRIVATE_UPSTREAMS: allowed }, byAdmin).allowPrivate
    expect(rules('true', true)).toBe(true)
    expect(rules('true', false)).toBe(false)
    expect(rules('false', true)).toBe(false)
    expect(rules('', true)).toBe(false)
  })

  it('is private in a local run without further ado, unless that is forbidden there', () => {
    const run = { HUB_LOCAL: '1', HUB_PORT: '8787' }
    expect(addressRules(run, true).allowPrivate).toBe(true)
    expect(addressRules(run, false).allowPrivate).toBe(false)
    expect(addressRules({ ...run, ALLOW_PRIVATE_UPSTREAMS: 'false' }, true).allowPrivate).toBe(false)
    // The variable alone is no local run: no port was opened for one.
    expect(addressRules({ HUB_LOCAL: '1' }, true).allowPrivate).toBe(false)
  })

  it.each([
    [{}, true, 'Set ALLOW_PRIVATE_UPSTREAMS=true'],
    [{ ALLOW_PRIVATE_UPSTREAMS: 'true' }, false, 'only admins can use'],
  ])('where it is refused says what would allow it (%j, by an admin: %s)', async (env, byAdmin, words) => {
    for (const text of ['http://localhost:11434/v1', 'https://10.0.0.1/v1', 'http://[::1]:8000'])
      await expect(checkBaseUrl(text, 'baseUrl', addressRules(env, byAdmin))).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        message: expect.stringContaining(words),
      })
  })
})

describe('an address that a user supplied', () => {
  it.each([
    ['https://models.public.net/v1/', 'https://models.public.net/v1'],
    ['https://API.Public.net', 'https://api.public.net'],
    ['https://models.public.net./v1', 'https://models.public.net./v1'],
    ['https://münchen.de/v1', 'https://xn--mnchen-3ya.de/v1'],
    ['https://8.8.8.8/v1', 'https://8.8.8.8/v1'],
    ['https://100.128.0.1/v1', 'https://100.128.0.1/v1'],
    ['https://172.32.0.1/v1', 'https://172.32.0.1/v1'],
    ['https://[2606:4700::1111]/v1', 'https://[2606:4700::1111]/v1'],
    ['https://[2001:4860:4860::8888]/v1', 'https://[2001:4860:4860::8888]/v1'],
  ])('is taken where it is public: %s', async (text, normal) =>
    expect(await checkBaseUrl(text, 'baseUrl', strict)).toBe(normal),
  )

  it('is one of at least a hundred that are refused', () => {
    expect(refused.flatMap(([, addresses]) => addresses).length).toBeGreaterThanOrEqual(100)
  })

  describe.each(refused)('with %s', (_kind, addresses) => {
    it.each(addresses)('is refused with one clear error: %s', async (text) => {
      await expect(checkBaseUrl(text, 'baseUrl', strict)).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        param: 'baseUrl',
        message: expect.stringMatching(/^"baseUrl" (is not a URL|must|points to|has a host) .+\.$/),
      })
    })

    it.each(addresses)('is not called, should it be stored: %s', async (text) => {
      const called = vi.spyOn(globalThis, 'fetch')
      // What stands behind a question mark or a number sign only a base URL must not have.
      if (/[?#]/.test(text)) return expect(text).toContain('models.public.net')
      await expect(safeFetch(text, {}, strict)).rejects.toMatchObject({ name: 'AddressError' })
      expect(called).not.toHaveBeenCalled()
    })
  })

  it('may be private where the deployment allows it, but is still checked, and never the hub itself', async () => {
    const lenient = { allowPrivate: true }
    const local = 'http://127.0.0.1:11434/v1'
    expect(await checkBaseUrl(local, 'baseUrl', lenient)).toBe(local)
    noteOwnHost('http://127.0.0.1:8787/')
    for (const text of ['file:///etc/passwd', 'http://a:b@127.0.0.1/v1', 'http://127.0.0.1:8787/v1']) {
      await expect(checkBaseUrl(text, 'baseUrl', lenient)).rejects.toMatchObject({ param: 'baseUrl' })
    }
  })

  it('is called as it stands, and a redirect is not followed', async () => {
    const headers = { location: 'https://169.254.169.254/' }
    const called = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => new Response(null, { status: 307, headers }))
    const response = await safeFetch(
      'https://api.public.net/v1',
      { method: 'POST', redirect: 'follow' },
      strict,
    )
    expect(response.status).toBe(307)
    expect(called).toHaveBeenCalledOnce()
    expect(called.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', redirect: 'manual' })
  })
})

describe('where a name points to', () => {
  const answering = (addresses: string[], ttlSeconds: number) =>
    vi.fn<Resolver>(async () => ({ addresses, ttlSeconds }))
  const check = (name: string, resolver: Resolver) =>
    checkBaseUrl(`https://${name}/v1`, 'baseUrl', { allowPrivate: false, resolve: resolver })

  it('is believed for as long as it says, but never for less than half a minute nor more than five', async () => {
    vi.useFakeTimers()
    for (const [ttlSeconds, believedMs] of [
      [0, 30_000],
      [120, 120_000],
      [86_400, 300_000],
    ] as const) {
      const resolver = answering(['93.184.215.14'], ttlSeconds)
      const name = `ttl-${ttlSeconds}.public.net`
      await check(name, resolver)
      vi.advanceTimersByTime(believedMs - 1)
      await check(name, resolver)
      expect(resolver).toHaveBeenCalledTimes(1)
      vi.advanceTimersByTime(1)
      await check(name, resolver)
      expect(resolver).toHaveBeenCalledTimes(2)
    }
    vi.useRealTimers()
  })

  it('is asked again, so that a name which moves to a private address is refused from then on', async () => {
    vi.useFakeTimers()
    await check('rebinding.public.net', answering(['93.184.215.14'], 1))
    vi.advanceTimersByTime(30_000)
    await expect(check('rebinding.public.net', answering(['127.0.0.1'], 1))).rejects.toThrow('private')
    vi.useRealTimers()
  })

  it('must be known: without an answer nothing is called', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const down: Resolver = () => Promise.reject(new Error('The network is down.'))
    await expect(check('unanswered.public.net', down)).rejects.toThrow('could not be resolved')
    // That nobody answered is not remembered.
    await check('unanswered.public.net', answering(['93.184.215.14'], 60))
  })
})

const urlOf = (input: RequestInfo | URL): URL => new URL(input instanceof Request ? input.url : input)

describe('the resolver', () => {
  const answerWith = (answers: Record<string, object | number>) =>
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      const { hostname, searchParams } = urlOf(url)
      const answer = answers[`${hostname} ${searchParams.get('type')}`] ?? 500
      return typeof answer === 'number' ? new Response(null, { status: answer }) : Response.json(answer)
    })
  const record = (type: number, data: string, TTL = 60) => ({ name: 'x.public.net', type, data, TTL })

  it('reads the addresses of both kinds, and no other record', async () => {
    answerWith({
      'cloudflare-dns.com A': {
        Status: 0,
        Answer: [record(5, 'cdn.public.net.', 5), record(1, '93.184.215.14', 300)],
      },
      'cloudflare-dns.com AAAA': { Status: 0, Answer: [record(28, '2606:4700::1', 90)] },
    })
    expect(await resolveOverHttps('x.public.net')).toEqual({
      addresses: ['93.184.215.14', '2606:4700::1'],
      ttlSeconds: 90,
    })
  })

  it('knows no address of a name that does not exist', async () => {
    answerWith({ 'cloudflare-dns.com A': { Status: 3 }, 'cloudflare-dns.com AAAA': { Status: 3 } })
    expect((await resolveOverHttps('x.public.net')).addresses).toEqual([])
  })

  it('asks another one where the first does not answer for both kinds', async () => {
    answerWith({
      'cloudflare-dns.com A': { Status: 0, Answer: [record(1, '93.184.215.14')] },
      'cloudflare-dns.com AAAA': { Status: 2 },
      'dns.google A': { Status: 0, Answer: [record(1, '10.0.0.1')] },
      'dns.google AAAA': { Status: 0 },
    })
    expect((await resolveOverHttps('x.public.net')).addresses).toEqual(['10.0.0.1'])
  })

  it('fails where none answers, or not in its form', async () => {
    answerWith({})
    await expect(resolveOverHttps('x.public.net')).rejects.toThrow('500')
    answerWith({ 'dns.google A': [], 'dns.google AAAA': [] })
    await expect(resolveOverHttps('x.public.net')).rejects.toThrow()
  })

  it('puts the name into the question and nowhere else', async () => {
    const asked = answerWith({
      'cloudflare-dns.com A': { Status: 0 },
      'cloudflare-dns.com AAAA': { Status: 0 },
    })
    await resolveOverHttps('a&type=TXT#.public.net')
    for (const [url] of asked.mock.calls) {
      expect(urlOf(url).searchParams.get('name')).toBe('a&type=TXT#.public.net')
    }
  })
})
