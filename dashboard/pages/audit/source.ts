/** Pages of the audit log under one filter, and the walk along its whole chain. */
import { dayMs } from '../../../src/domain/time.ts'
import { api, ask, type AuditEntry } from '../../api.ts'
import { change, type Source } from '../../state/resource.ts'

export const auditSpans = ['all', '24h', '7d', '30d'] as const

export interface AuditFilter {
  action: string
  actor: string
  subject: string
  span: (typeof auditSpans)[number]
}

interface AuditPage {
  entries: AuditEntry[]
  nextCursor: string | null
}

const spansMs = { '24h': dayMs, '7d': 7 * dayMs, '30d': 30 * dayMs } as const

export function auditSource(filter: AuditFilter): Source<AuditPage> {
  return { name: `audit?${JSON.stringify(filter)}`, load: () => readPage(filter) }
}

async function readPage({ action, actor, subject, span }: AuditFilter, cursor?: string): Promise<AuditPage> {
  const query = {
    limit: '100',
    ...(action && { action }),
    ...(actor && { actor }),
    ...(subject && { subject }),
    ...(span !== 'all' && { from: new Date(Date.now() - spansMs[span]).toISOString() }),
    ...(cursor !== undefined && { cursor }),
  }
  const { data, nextCursor } = await ask(api.api.audit.$get({ query }))
  return { entries: data, nextCursor }
}

/** Adds the next page further back. */
export async function addOlder(filter: AuditFilter, cursor: string): Promise<void> {
  const older = await readPage(filter, cursor)
  change(auditSource(filter), ({ entries }) => ({ ...older, entries: [...entries, ...older.entries] }))
}

type Part = Awaited<ReturnType<typeof readVerdict>>

/** What the hub says of the whole chain. */
export interface Verdict {
  checked: number
  unchained: number
  broken: Part['broken']
  end: Part['end']
}

/**
 * Checks the whole chain, a part at a time.
 * @param onPart called after each part with the number of entries checked so far.
 */
export async function verifyChain(onPart: (checked: number) => void, signal: AbortSignal): Promise<Verdict> {
  let checked = 0
  let unchained = 0
  let cursor: string | undefined
  for (;;) {
    const part = await readVerdict(cursor, signal)
    checked += part.checked
    unchained += part.unchained
    onPart(checked)
    if (part.nextCursor === null) return { checked, unchained, broken: part.broken, end: part.end }
    cursor = part.nextCursor
  }
}

function readVerdict(cursor: string | undefined, signal: AbortSignal) {
  const query = cursor === undefined ? {} : { cursor }
  return ask(api.api.audit.verify.$get({ query }, { init: { signal } }))
}
