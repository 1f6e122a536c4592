/**
 * Many keys in one call. Without `apply` nothing is stored: each line is told whose key it is and
 * why, whether it is new, or what is wrong with it. With it, the lines that are new are added, in
 * one transaction, and the pools hear of it once.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import { knownFingerprints, maskSecret } from '../vault/vault.ts'
import { type AccountRow, listAccounts, type NamedAccount } from '../db/accounts.ts'
import { importKeys, listFingerprints } from '../db/key-import.ts'
import type { Env } from '../env.ts'
import { randomId } from '../ids.ts'
import { maxKeys, readKeyList } from '../providers/key-list.ts'
import { redact } from '../providers/redact.ts'
import { ownAccount } from './accounts.ts'
import { announceChange } from '../announce/announce.ts'
import type { HubContext } from './context.ts'
import { directoryOf, requireProvider } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { type Judged, judgeListedKey, type UsableKey } from './key-import-lines.ts'
import { sealKey } from './seal-key.ts'
import { requireShareable } from './shareable.ts'

const ImportInput = z.strictObject({
  format: z.enum(['auto', 'lines', 'csv', 'env']).default('auto'),
  text: z.string().min(1).max(1_000_000),
  /** Whose keys they are, where neither a line nor the shape of its key tells. */
  provider: z.string().trim().min(1).optional(),
  /**
   * Whose a single key is, by its `entry` in a preview of the same text. Outranks what its line
   * says.
   */
  choices: z
    .array(z.strictObject({ entry: z.int().min(0), provider: z.string().trim().min(1) }))
    .max(maxKeys)
    .default([]),
  apply: z.boolean().default(false),
})

const ImportLine = z.object({
  /** Its place among the keys of the text, from 0. A line may hold several. */
  entry: z.number(),
  line: z.number(),
  outcome: z.enum(['new', 'added', 'duplicate', 'problem']),
  provider: z.string().nullable(),
  /** How the provider is known. */
  because: z.string().nullable(),
  masked: z.string().nullable(),
  name: z.string().nullable(),
  /** The key that was added. */
  keyId: z.string().nullable(),
  /** What it is the same as: a key of yours, or an earlier line. */
  duplicateOf: z.object({ keyId: z.string().nullable(), line: z.number().nullable() }).nullable(),
  problem: z.string().nullable(),
})

const ImportAnswer = z.object({
  applied: z.boolean(),
  format: z.enum(['lines', 'csv', 'env']),
  /** How many lines have each outcome. */
  counts: z.object({ new: z.number(), added: z.number(), duplicate: z.number(), problem: z.number() }),
  lines: z.array(ImportLine),
})
type Line = z.infer<typeof ImportLine>

export const keyImportRoutes = new Hono<HubContext>().post(
  '/',
  endpoint({
    guard: 'user',
    audit: 'keys.imported',
    summary:
      'Adds many keys from lines, a CSV table or a .env; without `apply` it only shows what it would do.',
    body: ImportInput,
    // A million characters of text, most of which JSON writes as one byte and some as six.
    maxBodyBytes: 4 * 1024 * 1024,
    status: 201,
    answer: ImportAnswer,
  }),
  async (c) => {
    const { format, text, provider, choices, apply } = c.req.valid('json')
    const { caller } = c.var
    const owner = caller.configuration.user.id
    const directory = directoryOf(c)
    const assumed = provider === undefined ? undefined : requireProvider(directory, provider)
    const list = readKeyList(text, format, (word) => directory.find(word) !== undefined)
    const accounts = await listAccounts(c.env.DB, owner)
    const chosen = new Map(choices.map((choice) => [choice.entry, choice.provider]))
    const judged = list.keys.map((listed, entry) =>
      judgeListedKey(listed, {
        find: (name) => directory.find(name),
        shareable: (named) => requireShareable(directory, named, 'account'),
        assumed,
        chosen: chosen.get(entry),
        accounts,
        caller,
      }),
    )
    const candidates = await compare(c.env, owner, judged)
    const lines = candidates.map(({ line }) => line)
    if (apply) await store(c.env, owner, candidates)
    return c.json({ applied: apply, format: list.format, counts: countOutcomes(lines), lines }, 201)
  },
)

/** A line with what is to be stored for it; without a key where nothing is. */
interface Candidate {
  line: Line
  key?: UsableKey
}

/** What each line is beside the keys that are stored and the lines before it. */
async function compare(env: Env, owner: string, judged: Judged[]): Promise<Candidate[]> {
  const [stored, fingerprints] = await Promise.all([
    listFingerprints(env.DB, owner),
    Promise.all(
      judged.map(async (entry) => (entry.type === 'usable' ? knownFingerprints(env, entry.key.secret) : [])),
    ),
  ])
  const seen = new Map<string, NonNullable<Line['duplicateOf']>>(
    stored.map(({ id, provider, fingerprint }) => [`${provider}/${fingerprint}`, { keyId: id, line: null }]),
  )
  return judged.map((entry, index) => {
    const line = showJudged(entry, index)
    if (entry.type === 'problem') return { line }
    // The same key may be stored under the fingerprint of an older master key.
    const identities = (fingerprints[index] ?? []).map((text) => `${entry.key.provider.id}/${text}`)
    const duplicateOf = identities.map((identity) => seen.get(identity)).find((found) => found !== undefined)
    if (duplicateOf) return { line: { ...line, outcome: 'duplicate', duplicateOf } }
    for (const identity of identities) seen.set(identity, { keyId: null, line: entry.line })
    return { line, key: entry.key }
  })
}

/** Stores what is new, and writes into each line what became of it. */
async function store(env: Env, owner: string, candidates: Candidate[]): Promise<void> {
  const now = Date.now()
  const entries = await Promise.all(
    candidates.flatMap(({ line, key }) => (key ? [toStored(env, owner, line, key, now)] : [])),
  )
  if (entries.length === 0) return
  const { added, epoch } = await importKeys(env.DB, owner, entries, {
    actor: owner,
    action: 'keys.imported',
    subject: owner,
  })
  for (const { key, line } of entries) {
    const isAdded = added.has(key.id)
    line.outcome = isAdded ? 'added' : 'duplicate'
    // Another entry was faster by a moment: which one, the next preview tells.
    if (isAdded) line.keyId = key.id
    else line.duplicateOf = { keyId: null, line: null }
  }
  await announceChange(env, owner, epoch)
}

async function toStored(
  env: Env,
  owner: string,
  line: Line,
  { provider, secret, account, settings }: UsableKey,
  now: number,
) {
  const id = randomId('key')
  const row: AccountRow = account
    ? withoutKeys(account)
    : ownAccount({ owner, id, provider: provider.id, createdAt: now })
  const sealed = await sealKey(env, provider, secret, { owner, id })
  const key = {
    priority: 1,
    weight: 1,
    ...settings,
    id,
    owner,
    provider: provider.id,
    accountId: row.id,
    ...sealed.columns,
    createdAt: now,
    updatedAt: now,
  }
  return { key, account: row, line }
}

function withoutKeys({ keys: _keys, ...row }: NamedAccount): AccountRow {
  return row
}

function showJudged(entry: Judged, place: number): Line {
  const nothing = { entry: place, keyId: null, duplicateOf: null, problem: null }
  if (entry.type === 'problem') {
    const { line, provider, because, masked, problem } = entry
    return { ...nothing, line, outcome: 'problem', provider, because, masked, name: null, problem }
  }
  const { line, because, key } = entry
  return {
    ...nothing,
    line,
    outcome: 'new',
    provider: key.provider.id,
    because,
    masked: maskSecret(key.secret),
    // Columns may have been mixed up.
    name: key.settings.name == null ? null : redact(key.settings.name, key.secret),
  }
}

function countOutcomes(lines: Line[]): z.infer<typeof ImportAnswer>['counts'] {
  const counts = { new: 0, added: 0, duplicate: 0, problem: 0 }
  for (const { outcome } of lines) counts[outcome]++
  return counts
}
