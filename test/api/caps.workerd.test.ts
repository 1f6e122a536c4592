/** Caps as administrators set them: of people, of teams, and of those who come later. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { mostMembers, mostTeams } from '../../src/db/teams.ts'
import { call, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'

let admin: Settled
let ada: Settled

beforeAll(async () => {
  admin = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'admin')
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'ada')
})

const none = { limits: null, maxConcurrent: null, budget: null }
const caps = {
  limits: [{ unit: 'requests', per: 'day', limit: 100 }],
  maxConcurrent: 4,
  budget: { amount: 5, per: 'month' },
}
const unused = {
  running: 0,
  windows: [{ used: 0, reserved: 0, limit: 100 }],
  budget: { spent: 0, reserved: 0 },
}
const idle = { running: 0, windows: [], budget: null }

interface Listed {
  data: { id: string; actor: string; action: string; subject: string; detail: object; username: string }[]
}

async function lastAudit(): Promise<Listed['data'][number] | undefined> {
  return (await call<Listed>('GET', '/api/audit?limit=1', undefined, admin.session)).data[0]
}

function change({ userId }: Settled, fields: object): Promise<object> {
  return call('PATCH', `/api/users/${userId}`, fields, admin.session)
}

describe('the caps of a person', () => {
  it('are none at first, and are shown as they were set, also to the person', async () => {
    expect(await call('GET', '/api/auth/me', undefined, ada.session)).toMatchObject({
      ...none,
      state: idle,
      team: null,
    })
    expect(await change(ada, caps)).toMatchObject({ ...caps, state: unused, team: null })
    expect(await call('GET', '/api/auth/me', undefined, ada.session)).toMatchObject({
      ...caps,
      state: unused,
    })
    const { data } = await call<Listed>('GET', '/api/users', undefined, admin.session)
    expect(data.find(({ id }) => id === ada.userId)).toMatchObject({ ...caps, state: unused })
    expect(await lastAudit()).toMatchObject({
      actor: admin.userId,
      action: 'user.changed',
      subject: ada.userId,
      detail: { fields: Object.keys(caps), ...caps },
    })
  })

  it('keep what is not changed, and are taken away by null', async () => {
    await change(ada, caps)
    expect(await change(ada, { maxConcurrent: 9 })).toMatchObject({ ...caps, maxConcurrent: 9 })
    expect(await change(ada, { limits: [] })).toMatchObject({ ...caps, limits: null, maxConcurrent: 9 })
    expect(await change(ada, none)).toMatchObject({ ...none, state: idle })
  })

  it('are set with the account', async () => {
    const body = { username: 'capped', password: 'correct horse battery', ...caps }
    expect(await call('POST', '/api/users', body, admin.session)).toMatchObject(caps)
  })

  it.each([
    [{ limits: [{ unit: 'requests', per: 'minute', limit: 0 }] }, 'limits[0].limit'],
    [{ limits: [{ unit: 'requests', per: 'week', limit: 1 }] }, 'limits[0].per'],
    [{ budget: { amount: 0, per: 'day' } }, 'budget.amount'],
    [{ budget: { amount: 1, per: 'hour' } }, 'budget.per'],
    [{ maxConcurrent: 0 }, 'maxConcurrent'],
    [{ team: 'team_missing' }, 'team'],
  ])('are refused where they make no sense, by name: %j', async (fields, param) => {
    const refused = await refusal('PATCH', `/api/users/${ada.userId}`, fields, admin.session)
    expect(refused).toMatchObject({ code: 'VALIDATION_ERROR', param })
  })

  it('are not for the person to set', async () => {
    for (const path of [`/api/users/${ada.userId}`, '/api/auth/me']) {
      const response = await send('PATCH', path, { body: { maxConcurrent: 100 }, as: ada.session })
      expect([400, 403]).toContain(response.status)
    }
    expect(await call('GET', '/api/auth/me', undefined, ada.session)).toMatchObject(none)
  })
})

interface ShownTeam {
  id: string
  members: number
}

async function makeTeam(name: string, fields: object = {}): Promise<ShownTeam> {
  return call('POST', '/api/teams', { name, ...fields }, admin.session)
}

describe('a team', () => {
  it('is added, listed, changed and removed, and the audit log says so', async () => {
    const team = await makeTeam('Research', caps)
    expect(team).toMatchObject({ name: 'Research', ...caps, members: 0, state: unused })
    expect(await lastAudit()).toMatchObject({ actor: admin.userId, action: 'team.added', subject: team.id })
    const { data } = await call<{ data: ShownTeam[] }>('GET', '/api/teams', undefined, admin.session)
    expect(data.map(({ id }) => id)).toContain(team.id)
    const renamed = await call('PATCH', `/api/teams/${team.id}`, { name: 'Lab', budget: null }, admin.session)
    expect(renamed).toMatchObject({ name: 'Lab', ...caps, budget: null })
    expect(await lastAudit()).toMatchObject({
      action: 'team.changed',
      subject: team.id,
      detail: { name: 'Lab', budget: null },
    })
    await call('DELETE', `/api/teams/${team.id}`, undefined, admin.session)
    expect(await lastAudit()).toMatchObject({ action: 'team.removed', subject: team.id })
    const gone = await refusal('PATCH', `/api/teams/${team.id}`, { name: 'Again' }, admin.session)
    expect(gone).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })

  it('has the people who were put into it, each in one team at most', async () => {
    const [first, second] = [await makeTeam('One'), await makeTeam('Two', caps)]
    await change(ada, { team: first.id })
    expect(await change(ada, { team: second.id })).toMatchObject({ team: second.id })
    const members = async ({ id }: ShownTeam) => {
      const { data } = await call<Listed>('GET', `/api/users?team=${id}`, undefined, admin.session)
      return data.map(({ username }) => username)
    }
    expect([await members(first), await members(second)]).toEqual([[], ['ada']])
    expect(await call('GET', `/api/teams/${second.id}`, undefined, admin.session)).toMatchObject({
      members: 1,
    })
    expect(await call('GET', '/api/auth/me', undefined, ada.session)).toMatchObject({
      team: { name: 'Two', ...caps, state: unused },
    })
    await call('DELETE', `/api/teams/${second.id}`, undefined, admin.session)
    expect(await call('GET', '/api/auth/me', undefined, ada.session)).toMatchObject({ team: null })
  })

  it('loses a person who is removed', async () => {
    const team = await makeTeam('Leaving')
    const { id } = await call<{ id: string }>(
      'POST',
      '/api/users',
      { username: 'leaver', password: 'correct horse battery' },
      admin.session,
    )
    await call('PATCH', `/api/users/${id}`, { team: team.id }, admin.session)
    await call('DELETE', `/api/users/${id}`, undefined, admin.session)
    expect(await call('GET', `/api/teams/${team.id}`, undefined, admin.session)).toMatchObject({ members: 0 })
  })

  it('has a name of its own', async () => {
    await makeTeam('Taken')
    const other = await makeTeam('Free')
    const taken = { status: 409, code: 'CONFLICT', param: 'name' }
    expect(await refusal('POST', '/api/teams', { name: 'Taken' }, admin.session)).toMatchObject(taken)
    expect(await refusal('PATCH', `/api/teams/${other.id}`, { name: 'Taken' }, admin.session)).toMatchObject(
      taken,
    )
  })

  it(`takes ${mostMembers} people, and a member of a full one may be changed`, async () => {
    const team = await makeTeam('Full')
    const people = Array.from({ length: mostMembers }, (_, index) =>
      env.DB.prepare(
        "INSERT INTO users (id, password_hash, role, created_at, team) VALUES (?, '', 'user', 1, ?)",
      ).bind(`usr_member_${index}`, team.id),
    )
    await env.DB.batch(people)
    const full = await refusal('PATCH', `/api/users/${ada.userId}`, { team: team.id }, admin.session)
    expect(full).toMatchObject({ status: 409, param: 'team' })
    const member = await call(
      'PATCH',
      '/api/users/usr_member_0',
      { username: 'member', team: team.id },
      admin.session,
    )
    expect(member).toMatchObject({ team: team.id })
    await env.DB.prepare("DELETE FROM users WHERE id LIKE 'usr_member_%'").run()
  })

  it(`is one of ${mostTeams} at most`, async () => {
    const teams = Array.from({ length: mostTeams }, (_, index) =>
      env.DB.prepare('INSERT INTO teams (id, name, created_at) VALUES (?1, ?1, 1)').bind(
        `team_many_${index}`,
      ),
    )
    await env.DB.batch(teams)
    expect(await refusal('POST', '/api/teams', { name: 'One more' }, admin.session)).toMatchObject({
      status: 409,
      message: expect.stringContaining(`${mostTeams} teams`),
    })
    await env.DB.prepare("DELETE FROM teams WHERE id LIKE 'team_many_%'").run()
  })
})

describe('defaults', () => {
  it('are the caps of people who come later, however they come, and change nobody who is here', async () => {
    const defaults = { ...caps, maxShare: 0.25 }
    await call('PATCH', '/api/settings', { personDefaults: defaults }, admin.session)
    expect(await lastAudit()).toMatchObject({
      action: 'settings.changed',
      detail: { personDefaults: defaults },
    })
    expect(await call('GET', '/api/auth/me', undefined, ada.session)).toMatchObject(none)
    const registered = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'registered')
    expect(await call('GET', '/api/auth/me', undefined, registered.session)).toMatchObject(caps)
    const { invitation } = await call<{ invitation: string }>('POST', '/api/invitations', {}, admin.session)
    const invited = await call<{ token: string }>('POST', '/api/auth/register', {
      username: 'invited',
      password: 'correct horse battery',
      invitation,
    })
    expect(await call('GET', '/api/auth/me', undefined, invited.token)).toMatchObject(caps)
    const body = { username: 'made', password: 'correct horse battery', maxConcurrent: 7, budget: null }
    expect(await call('POST', '/api/users', body, admin.session)).toMatchObject({
      limits: caps.limits,
      maxConcurrent: 7,
      budget: null,
    })
    const { data } = await call<{ data: { username: string; maxShare: number | null }[] }>(
      'GET',
      '/api/users',
      undefined,
      admin.session,
    )
    const shares = new Map(data.map(({ username, maxShare }) => [username, maxShare]))
    expect(['registered', 'invited', 'made', 'ada'].map((name) => shares.get(name))).toEqual([
      0.25,
      0.25,
      0.25,
      null,
    ])
    await call('PATCH', '/api/settings', { personDefaults: { ...none, maxShare: null } }, admin.session)
  })

  it('of tokens fill in what their creator leaves out', async () => {
    const settings = await call(
      'PATCH',
      '/api/settings',
      { tokenDefaults: { ...caps, expiresInDays: 30 } },
      admin.session,
    )
    expect(settings).toMatchObject({ tokenDefaults: { ...caps, expiresInDays: 30 } })
    const plain = await call<{ expiresAt: string }>('POST', '/api/tokens', { name: 'plain' }, ada.session)
    expect(plain).toMatchObject(caps)
    const days = (Date.parse(plain.expiresAt) - Date.now()) / (24 * 60 * 60 * 1000)
    expect(Math.round(days)).toBe(30)
    const own = { name: 'own', maxConcurrent: 1, budget: null, expiresAt: null }
    expect(await call('POST', '/api/tokens', own, ada.session)).toMatchObject({ ...own, limits: caps.limits })
    // A field that is not sent keeps its value.
    await call('PATCH', '/api/settings', { tokenDefaults: { maxConcurrent: null } }, admin.session)
    expect(await call('POST', '/api/tokens', { name: 'later' }, ada.session)).toMatchObject({
      ...caps,
      maxConcurrent: null,
    })
    await call('PATCH', '/api/settings', { tokenDefaults: { ...none, expiresInDays: null } }, admin.session)
    expect(await call('POST', '/api/tokens', { name: 'last' }, ada.session)).toMatchObject({
      ...none,
      expiresAt: null,
    })
  })

  it.each([
    [{ personDefaults: { maxConcurrent: 0 } }, 'personDefaults.maxConcurrent'],
    [{ personDefaults: { budget: { amount: -1, per: 'day' } } }, 'personDefaults.budget.amount'],
    [{ personDefaults: { maxShare: 1.5 } }, 'personDefaults.maxShare'],
    [{ tokenDefaults: { expiresInDays: 0 } }, 'tokenDefaults.expiresInDays'],
    [
      { openAccessCaps: { limits: [{ unit: 'requests', per: 'day', limit: 1.5 }] } },
      'openAccessCaps.limits[0].limit',
    ],
  ])('are refused where they make no sense, by name: %j', async (body, param) => {
    expect(await refusal('PATCH', '/api/settings', body, admin.session)).toMatchObject({
      code: 'VALIDATION_ERROR',
      param,
    })
  })
})

describe('tokens of others', () => {
  interface ShownToken {
    id: string
    owner: string
    prefix: string
  }
  const list = async (query: string, as = admin.session) =>
    await call<{ data: ShownToken[]; nextCursor: string | null }>('GET', `/api/tokens${query}`, undefined, as)

  it('are listed for administrators, without a secret, by owner or in pages of all', async () => {
    const bob = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
    const limited = await call<{ id: string; token: string }>(
      'POST',
      '/api/tokens',
      { name: 'limited', ...caps },
      bob.session,
    )
    const { data } = await list(`?owner=${bob.userId}`)
    expect(data).toHaveLength(2)
    expect(data.find(({ id }) => id === limited.id)).toMatchObject({
      owner: bob.userId,
      ...caps,
      state: unused,
    })
    expect(JSON.stringify(data)).not.toContain(limited.token)
    expect(JSON.stringify(data)).not.toContain('"hash"')
    const all: ShownToken[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list(`?owner=all&limit=3${cursor && `&cursor=${cursor}`}`)
      expect(page.data.length).toBeLessThanOrEqual(3)
      all.push(...page.data)
      cursor = page.nextCursor
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(all.map(({ id }) => id)).toContain(limited.id)
    expect(new Set(all.map(({ owner }) => owner)).size).toBeGreaterThan(2)
    expect((await list('')).data.every(({ owner }) => owner === admin.userId)).toBe(true)
  })

  it('are revoked by administrators at once, while an isolate is warm, and the audit log says by whom', async () => {
    const carol = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'carol')
    const chat = async () => {
      const body = { model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hello' }] }
      return (await send('POST', '/v1/chat/completions', { body, as: carol.token })).status
    }
    expect(await chat()).toBe(200)
    const [token] = (await list(`?owner=${carol.userId}`)).data
    await call('DELETE', `/api/tokens/${token?.id}?owner=${carol.userId}`, undefined, admin.session)
    expect(await chat()).toBe(401)
    expect(await lastAudit()).toMatchObject({
      actor: admin.userId,
      action: 'token.revoked',
      subject: token?.id,
      detail: { owner: carol.userId },
    })
  })

  it('are neither listed nor revoked by anybody else', async () => {
    const [token] = (await list('')).data
    for (const owner of ['all', admin.userId]) {
      expect(await refusal('GET', `/api/tokens?owner=${owner}`, undefined, ada.session)).toMatchObject({
        status: 403,
        code: 'FORBIDDEN',
      })
    }
    const path = `/api/tokens/${token?.id}`
    expect(await refusal('DELETE', `${path}?owner=${admin.userId}`, undefined, ada.session)).toMatchObject({
      status: 403,
    })
    expect(await refusal('DELETE', path, undefined, ada.session)).toMatchObject({ status: 404 })
    expect((await list(`?owner=${ada.userId}`, ada.session)).data.length).toBeGreaterThan(0)
    expect((await list('')).data.map(({ id }) => id)).toContain(token?.id)
  })
})
