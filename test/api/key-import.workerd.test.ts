/**
 * Importing many keys: what a preview tells, what is stored, and that no answer holds a whole key.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { call, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'

interface Line {
  entry: number
  line: number
  outcome: 'new' | 'added' | 'duplicate' | 'problem'
  provider: string | null
  because: string | null
  masked: string | null
  name: string | null
  keyId: string | null
  duplicateOf: { keyId: string | null; line: number | null } | null
  problem: string | null
}
interface Imported {
  applied: boolean
  format: string
  counts: Record<Line['outcome'], number>
  lines: Line[]
}
interface Key {
  id: string
  provider: string
  name: string | null
  note: string | null
  masked: string
  account: string
  priority: number
  weight: number
  shared: boolean
  allowedModels: string[] | null
}

let ada: Settled
let bob: Settled
let made = 0

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'anything' })
  bob = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'bob')
})

/** A key that nobody has entered yet. */
const fresh = (prefix = 'gsk_'): string => `${prefix}import${String(++made).padStart(12, '0')}x`

function importKeys(body: Record<string, unknown>, who = ada): Promise<Imported> {
  return call('POST', '/api/keys/import', body, who.session)
}

async function keysOf(who: Settled): Promise<Key[]> {
  return (await call<{ data: Key[] }>('GET', '/api/keys', undefined, who.session)).data
}

describe('a preview', () => {
  it('says of each line whose key it is and why, and stores nothing', async () => {
    const before = await keysOf(ada)
    const keys = [fresh('sk-ant-'), fresh('gsk_'), fresh('sk-')]
    const preview = await importKeys({ text: `${keys.join('\n')}\nopenai ${fresh('sk-')}\nwhat is this` })
    expect(preview).toMatchObject({ applied: false, format: 'lines', counts: { new: 3, problem: 2 } })
    expect(preview.lines).toMatchObject([
      { line: 1, outcome: 'new', provider: 'anthropic', because: 'begins with "sk-ant-"' },
      { line: 2, outcome: 'new', provider: 'groq', masked: `gsk_****${keys[1]?.slice(-4)}` },
      { line: 3, outcome: 'problem', problem: expect.stringContaining('Choose a provider') },
      { line: 4, outcome: 'new', provider: 'openai', because: 'named in the line' },
      { line: 5, outcome: 'problem', provider: null, masked: null },
    ])
    expect(await keysOf(ada)).toEqual(before)
  })

  it('takes the provider that is named for all lines, but no key that is plainly another one’s', async () => {
    const { lines } = await importKeys({ text: `${fresh('sk-')}\n${fresh('gsk_')}`, provider: 'deepseek' })
    expect(lines).toMatchObject([
      { outcome: 'new', provider: 'deepseek', because: 'named for all lines' },
      { outcome: 'problem', problem: expect.stringContaining('like Groq keys') },
    ])
  })

  it('takes the provider that is chosen for one key above all others, but not for a key that is plainly another one’s', async () => {
    const text = `${fresh('sk-')},${fresh('sk-')}\nmistral ${fresh('')}\n${fresh('gsk_')}`
    const choices = [
      { entry: 1, provider: 'deepseek' },
      { entry: 2, provider: 'groq' },
      { entry: 3, provider: 'mistral' },
    ]
    const { lines } = await importKeys({ text, choices })
    expect(lines).toMatchObject([
      { entry: 0, line: 1, outcome: 'problem', problem: expect.stringContaining('Choose a provider') },
      { entry: 1, line: 1, outcome: 'new', provider: 'deepseek', because: 'chosen for this key' },
      { entry: 2, line: 2, outcome: 'new', provider: 'groq', because: 'chosen for this key' },
      { entry: 3, line: 3, outcome: 'problem', problem: expect.stringContaining('like Groq keys') },
    ])
    const applied = await importKeys({ text, choices, apply: true })
    expect(applied.counts).toMatchObject({ added: 2, problem: 2 })
    const stored = new Map((await keysOf(ada)).map(({ id, provider }) => [id, provider]))
    expect(applied.lines.map(({ keyId }) => stored.get(keyId ?? ''))).toEqual([
      undefined,
      'deepseek',
      'groq',
      undefined,
    ])
  })

  it('tells whose key a variable holds by its shape, then by its name, and passes over other secrets', async () => {
    const text = `OPENAI_API_KEY=${fresh('sk-or-')}\nMISTRAL_API_KEY=${fresh('')}\nDATABASE_URL=postgres://me:hunter2hunter2@db/x`
    const preview = await importKeys({ text })
    expect(preview.format).toBe('env')
    expect(preview.lines).toMatchObject([
      { provider: 'openrouter', because: 'begins with "sk-or-"' },
      { provider: 'mistral', because: 'the name of MISTRAL_API_KEY' },
      { outcome: 'problem', masked: null, problem: expect.stringContaining('DATABASE_URL') },
    ])
    expect(JSON.stringify(preview)).not.toContain('hunter2')
  })

  it('names duplicates: of keys that are stored, and of earlier lines', async () => {
    const [stored, twice] = [fresh(), fresh()]
    const { id } = await call<Key>('POST', '/api/keys', { provider: 'groq', apiKey: stored }, ada.session)
    const { lines } = await importKeys({ text: [twice, stored, twice, ` ${twice} `].join('\n') })
    expect(lines).toMatchObject([
      { outcome: 'new' },
      { outcome: 'duplicate', duplicateOf: { keyId: id, line: null } },
      { outcome: 'duplicate', duplicateOf: { keyId: null, line: 1 } },
      { outcome: 'duplicate', duplicateOf: { keyId: null, line: 1 } },
    ])
    // The same key is new to somebody else.
    expect((await importKeys({ text: stored }, bob)).lines).toMatchObject([{ outcome: 'new' }])
  })

  it('says what is wrong with the fields of a table, line by line', async () => {
    const text = [
      'provider,key,name,priority,account',
      `groq,${fresh()},ok,1,`,
      `groq,${fresh()},,first,`,
      `groq,${fresh()},,0,`,
      `nobody,${fresh()},,,`,
      `groq,,,,`,
      `groq,${fresh()},,,no such account`,
      `groq,gsk_ä,,,`,
      `groq,${fresh()},${fresh('sk-')},,`,
      `${fresh('sk-ant-')},groq,,,`,
      `workers-ai,${fresh('')},,,`,
    ].join('\n')
    const { lines } = await importKeys({ text })
    expect(lines.map(({ outcome }) => outcome)).toEqual([
      'new',
      ...Array.from({ length: 9 }, () => 'problem'),
    ])
    expect(lines.map(({ problem }) => problem)).toEqual([
      null,
      expect.stringContaining('`priority` must be'),
      expect.stringContaining('`priority` must be'),
      expect.stringContaining('Unknown provider'),
      'No key in this line.',
      expect.stringContaining('no account'),
      expect.stringContaining('invalid characters'),
      expect.stringContaining('mixed up'),
      expect.stringContaining('Unknown provider'),
      expect.stringContaining('<account id>'),
    ])
  })
})

describe('an import', () => {
  it('adds what is new, with what the table says of it, and tells the rest', async () => {
    const account = await call<{ id: string }>(
      'POST',
      '/api/accounts',
      { provider: 'groq', name: 'Imported' },
      ada.session,
    )
    const [first, second] = [fresh(), fresh()]
    const text = [
      'provider,key,name,note,account,priority,weight,models',
      `groq,${first},"one, two","a ""note""",Imported,2,3,m-1 m-2*`,
      `,${second},,,,,,`,
      `,${second},,,,,,`,
      'groq,,,,,,,',
    ].join('\r\n')
    const done = await importKeys({ text, apply: true })
    expect(done).toMatchObject({
      applied: true,
      format: 'csv',
      counts: { new: 0, added: 2, duplicate: 1, problem: 1 },
    })
    const keys = await keysOf(ada)
    const added = done.lines.map(({ keyId }) => keys.find(({ id }) => id === keyId))
    expect(added).toMatchObject([
      {
        provider: 'groq',
        name: 'one, two',
        note: 'a "note"',
        account: account.id,
        priority: 2,
        weight: 3,
        allowedModels: ['m-1', 'm-2*'],
        shared: false,
        masked: `gsk_****${first.slice(-4)}`,
      },
      { provider: 'groq', name: null, priority: 1, weight: 1, allowedModels: null },
      undefined,
      undefined,
    ])
    expect(added[1]?.account).toBe(added[1]?.id)
    // A second time nothing is new.
    expect(await importKeys({ text, apply: true })).toMatchObject({ counts: { added: 0, duplicate: 3 } })
  })

  it('makes keys that can be used', async () => {
    const key = fresh('csk-')
    await importKeys({ text: key, apply: true }, bob)
    let sent: string | null = null
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
      sent = new Headers(init?.headers).get('authorization')
      return new Response('{}', { status: 500 })
    })
    const body = { model: 'cerebras/m', messages: [{ role: 'user', content: 'Hello' }] }
    await (await send('POST', '/v1/chat/completions', { body, as: bob.token })).text()
    vi.restoreAllMocks()
    expect(sent).toBe(`Bearer ${key}`)
  })

  it('adds a thousand keys with a handful of statements, and raises the epoch once', async () => {
    const text = Array.from({ length: 1_000 }, () => fresh()).join('\n')
    const epoch = () =>
      env.DB.prepare('SELECT epoch FROM users WHERE id = ?').bind(bob.userId).first<{ epoch: number }>()
    const before = await epoch()
    const prepare = vi.spyOn(env.DB, 'prepare')
    const done = await importKeys({ text, apply: true }, bob)
    expect(prepare.mock.calls.length).toBeLessThan(20)
    prepare.mockRestore()
    expect(done.counts).toMatchObject({ added: 1_000 })
    expect((await epoch())?.epoch).toBe((before?.epoch ?? 0) + 1)
    const { results } = await env.DB.prepare(
      'SELECT count(*) AS n FROM keys JOIN accounts ON accounts.owner = keys.owner AND accounts.id = keys.account_id WHERE keys.owner = ?',
    )
      .bind(bob.userId)
      .all<{ n: number }>()
    expect(results[0]?.n).toBeGreaterThanOrEqual(1_000)
    expect(
      await refusal('POST', '/api/keys/import', { text: `${text}\n${fresh()}` }, bob.session),
    ).toMatchObject({
      status: 400,
      code: 'VALIDATION_ERROR',
    })
  })

  it('gives a key to one of two who import it at the same moment', async () => {
    const text = Array.from({ length: 20 }, () => fresh()).join('\n')
    const both = await Promise.all([importKeys({ text, apply: true }), importKeys({ text, apply: true })])
    expect(both.map(({ counts }) => counts.added).reduce((sum, added) => sum + added, 0)).toBe(20)
    expect(both.flatMap(({ lines }) => lines.map(({ outcome }) => outcome))).not.toContain('new')
    const orphans = await env.DB.prepare(
      'SELECT count(*) AS n FROM accounts WHERE name IS NULL AND NOT EXISTS (SELECT 1 FROM keys WHERE keys.account_id = accounts.id)',
    ).first<{ n: number }>()
    expect(orphans?.n).toBe(0)
  })

  it('puts no key of a user into the account of another, nor into a shared one', async () => {
    await call('POST', '/api/accounts', { provider: 'groq', name: 'Ada’s' }, ada.session)
    const table = (account: string) => `provider,key,account\ngroq,${fresh()},${account}`
    const apply = true
    expect(await importKeys({ text: table('Ada’s'), apply }, bob)).toMatchObject({ counts: { problem: 1 } })
    expect(await importKeys({ text: table('Ada’s'), apply }, ada)).toMatchObject({ counts: { added: 1 } })
  })

  it.each([
    'gsk_whole00000000000001',
    'sk-whole00000000000002',
    'sk-admin-whole000000003',
    'Abcd1234'.repeat(4),
    'Abcd1234'.repeat(5),
    'topsecretpassword',
  ])('holds no whole key in any answer, whatever is sent: %s', async (secret) => {
    const texts = [
      secret,
      `openai ${secret}`,
      `OPENAI_API_KEY=${secret}`,
      `WHAT=${secret}`,
      `${secret}=`,
      `key,name\n${secret},${secret}`,
      `provider,key\n${secret},gsk_other_000000`,
      `key,account\ngsk_other_000000,${secret}`,
      `key,priority\ngsk_other_000000,${secret}`,
      `${secret},key\na,b`,
      `key\n"${secret}`,
    ]
    for (const text of texts) {
      for (const format of ['auto', 'lines', 'csv', 'env']) {
        const response = await send('POST', '/api/keys/import', { body: { text, format }, as: ada.session })
        expect(response.status).toBeLessThan(500)
        expect(await response.text()).not.toContain(secret)
      }
    }
  })

  it('is written to the audit log, without a key', async () => {
    const key = fresh()
    const { lines } = await importKeys({ text: key, apply: true })
    const { results } = await env.DB.prepare("SELECT detail FROM audit WHERE action = 'keys.imported'").all<{
      detail: string
    }>()
    expect(results.some(({ detail }) => detail.includes(lines[0]?.keyId ?? 'nothing'))).toBe(true)
    expect(JSON.stringify(results)).not.toContain(key)
  })

  it('refuses fields that it does not know, and a provider that is not there', async () => {
    expect(
      await refusal('POST', '/api/keys/import', { text: 'gsk_1', aply: true }, ada.session),
    ).toMatchObject({ message: expect.stringContaining('`aply`') })
    expect(
      await refusal('POST', '/api/keys/import', { text: 'x', provider: 'nobody' }, ada.session),
    ).toMatchObject({ status: 400 })
  })
})

describe('the list of keys', () => {
  interface Page {
    data: Key[]
    nextCursor: string | null
  }
  const page = (query: string, who: Settled): Promise<Page> =>
    call<Page>('GET', `/api/keys${query}`, undefined, who.session)

  it('comes in pages, each key once, also where one goes in between', async () => {
    const cleo = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'cleo')
    await importKeys({ text: Array.from({ length: 7 }, () => fresh()).join('\n'), apply: true }, cleo)
    const all = (await keysOf(cleo)).map(({ id }) => id)
    expect(all).toHaveLength(8)
    const first = await page('?limit=3', cleo)
    expect(first.data.map(({ id }) => id)).toEqual(all.slice(0, 3))
    await call('DELETE', `/api/keys/${all[2]}`, undefined, cleo.session)
    const found = [...first.data]
    for (let cursor = first.nextCursor; cursor !== null;) {
      const next = await page(`?limit=3&cursor=${cursor}`, cleo)
      expect(next.data.length).toBeGreaterThan(0)
      found.push(...next.data)
      cursor = next.nextCursor
    }
    expect(found.map(({ id }) => id)).toEqual(all)
    expect((await page('', cleo)).nextCursor).toBeNull()
  })

  it('has at most 500 on a page', async () => {
    expect((await send('GET', '/api/keys?limit=501', { as: ada.session })).status).toBe(400)
  })
})
