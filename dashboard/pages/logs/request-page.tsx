/** One request: who served it, what it used, and everything that was tried on the way. */
import { useMemo } from 'preact/hooks'
import { logColumnList, type LogFieldName } from '../../../src/observe/log-columns.ts'
import { api, ask, type NamedLog, type Person } from '../../api.ts'
import { money, moment, number, took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Page } from '../../parts/page.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { choiceField, useQuery } from '../../state/query.ts'
import { type Source, useResource } from '../../state/resource.ts'
import { words } from '../../text/logs.ts'
import type { PageProps } from '../index.ts'
import { Outcome, ServedBy } from './columns.tsx'
import { ownerName } from './names.ts'
import { TranscriptCard } from './transcript.tsx'
import { Waterfall } from './waterfall.tsx'
import '../logs.css'

function oneSource(id: string, whose: 'mine' | 'everyone'): Source<NamedLog> {
  const query = whose === 'everyone' ? { owner: 'all' as const } : {}
  return {
    name: `logs/${id}?${whose}`,
    load: () => ask(api.api.logs[':id'].$get({ param: { id }, query })),
  }
}

export default function LogPage({ params, person }: PageProps) {
  const id = params['id'] ?? ''
  const [{ whose }] = useQuery({ whose: choiceField(['mine', 'everyone'], 'mine') })
  const log = useResource(useMemo(() => oneSource(id, whose), [id, whose]))
  return (
    <Page
      title={words.one}
      class="log"
      lede={<code>{id}</code>}
      actions={
        <>
          <CopyButton value={id} label={words.copyId} />
          <a class="button small" href={whose === 'everyone' ? '/logs?whose=everyone' : '/logs'}>
            {words.all}
          </a>
        </>
      }
    >
      <ResourceView resource={log}>{(row) => <Details row={row} person={person} />}</ResourceView>
    </Page>
  )
}

/** The columns that are shown as they are, under the label that the log's list has for them. */
const labelled = logColumnList.flatMap(({ name, label }) =>
  label === undefined ? [] : [{ label, name: name as LogFieldName }],
)

function Details({ row, person }: { row: NamedLog; person: Person }) {
  const { usage, names } = row
  const nameOf = (id: string): string => names[id] ?? id
  return (
    <>
      <Card title={words.howItWent}>
        <Facts
          facts={[
            [words.outcome, <Outcome row={row} />],
            [words.message, row.message],
            [words.asked, <code>{row.asked}</code>],
            [words.route, row.route !== null && <code>{row.route}</code>],
            [words.served, <ServedBy row={row} />],
            [words.key, row.keyId && nameOf(row.keyId)],
            [words.time, moment(Date.parse(row.startedAt))],
            [words.took, took(row.durationMs)],
            [words.firstContent, row.firstContentMs !== null && took(row.firstContentMs)],
            [words.dialect, row.dialect],
            [words.answered, row.stream ? words.streamed : words.whole],
            [words.token, row.tokenId ? nameOf(row.tokenId) : words.session],
            ...labelled.map(({ label, name }) => [label, row[name]] as const),
            [words.owner, ownerName(row.owner, names)],
          ]}
        />
        {row.unsettled && <p class="hint">{words.unsettled}</p>}
        {row.unaccounted !== null && <p class="hint">{words.unaccounted(row.unaccounted)}</p>}
      </Card>
      <Card title={words.trail}>
        {row.trail.length + row.skipped.length > 0 ? (
          <Waterfall row={row} keyName={nameOf} />
        ) : (
          <p class="quiet">{words.noTrail}</p>
        )}
      </Card>
      <Card title={words.use}>
        {usage ? (
          <Facts
            facts={[
              [words.input, number(usage.inputTokens)],
              [words.cached, usage.cachedTokens > 0 && number(usage.cachedTokens)],
              [words.cacheWrite, usage.cacheWriteTokens > 0 && number(usage.cacheWriteTokens)],
              [words.output, number(usage.outputTokens)],
              [words.reasoning, usage.reasoningTokens > 0 && number(usage.reasoningTokens)],
              [words.cost, row.cost === null ? words.noPrice : money(row.cost)],
              [words.saved, row.saved !== null && row.saved > 0 && money(row.saved)],
            ]}
          />
        ) : (
          <p class="quiet">{words.noUse}</p>
        )}
        {usage?.claimed ? (
          <p class="hint">
            {words.claimed(number(usage.claimed.inputTokens), number(usage.claimed.outputTokens))}
          </p>
        ) : (
          usage?.estimated && <p class="hint">{words.estimated}</p>
        )}
      </Card>
      <TranscriptCard row={row} person={person} />
    </>
  )
}
