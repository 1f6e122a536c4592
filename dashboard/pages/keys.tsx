/**
 * Provider keys: what state each is in, and what a person can do about it. Dialogs are in the
 * address: `/keys?edit=<id>`.
 */
import { useState } from 'preact/hooks'
import { api, ask, type Key, send } from '../api.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice, messageOf } from '../parts/error-notice.tsx'
import { focusPage, Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { toApiError, useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import { flagField, textField, useQuery } from '../state/query.ts'
import { change, useResource } from '../state/resource.ts'
import {
  accountsSource,
  keysChanged,
  keysSource,
  poolsSource,
  providersSource,
  useProviderNames,
} from '../state/sources.ts'
import { words } from '../text/keys.ts'
import { AddKeyDialog } from './keys/add-key.tsx'
import { EditKeyDialog } from './keys/edit-key.tsx'
import { GroupKeysDialog, type Grouping, Suggestions } from './keys/group-keys.tsx'
import { ImportKeysDialog } from './keys/import-keys.tsx'
import { KeyList } from './keys/key-list.tsx'
import type { Trying } from './keys/key-row.tsx'
import { WhyDialog } from './keys/why-dialog.tsx'
import type { PageProps } from './index.ts'
import './keys.css'

const fields = {
  add: flagField(),
  import: flagField(),
  edit: textField(),
  why: textField(),
  find: textField(),
}

/** From so many keys on there is a field to find some of them. */
const findFrom = 8

export default function KeysPage({ person }: PageProps) {
  const keys = useResource(keysSource)
  const accounts = useResource(accountsSource).data ?? []
  const pools = useResource(poolsSource).data ?? []
  const nameOf = useProviderNames()
  const [query, setQuery] = useQuery(fields)
  const [grouping, setGrouping] = useState<Grouping>()
  const { trials, test } = useTrials()
  const { removed, remove } = useRemoval()
  const present = keys.data?.filter(({ id }) => !removed.has(id))
  const open = (id: string): Key | undefined => present?.find((key) => key.id === id)
  const editing = open(query.edit)
  const asking = open(query.why)
  return (
    <Page
      title={words.title}
      class="keys"
      actions={
        <>
          <button type="button" class="button" onClick={() => setQuery({ import: true })}>
            {words.import}
          </button>
          <button type="button" class="button primary" onClick={() => setQuery({ add: true })}>
            {words.add}
          </button>
        </>
      }
    >
      <ResourceView resource={{ ...keys, data: present }}>
        {(data) =>
          data.length === 0 ? (
            <NoKeys />
          ) : (
            <>
              <Suggestions pools={pools} keys={data} nameOf={nameOf} onGroup={setGrouping} />
              {(data.length >= findFrom || query.find) && (
                <FindField typed={query.find} onTyped={(find) => setQuery({ find })} />
              )}
              <KeyList
                keys={data}
                accounts={accounts}
                nameOf={nameOf}
                typed={query.find}
                trials={trials}
                onTest={test}
                onOpen={(dialog, id) => setQuery({ [dialog]: id })}
                onRemove={remove}
              />
            </>
          )
        }
      </ResourceView>
      {query.add && <AddKeyDialog onAdded={test} onClosed={() => setQuery({ add: false })} />}
      {query.import && <ImportKeysDialog onClosed={() => setQuery({ import: false })} />}
      {editing && (
        <EditKeyDialog
          item={editing}
          mayShare={person.role === 'admin'}
          onGroup={() => setGrouping({ provider: editing.provider, chosen: [editing.id] })}
          onClosed={() => setQuery({ edit: '' })}
        />
      )}
      {asking && <WhyDialog item={asking} onClosed={() => setQuery({ why: '' })} />}
      {grouping && (
        <GroupKeysDialog grouping={grouping} keys={present ?? []} onClosed={() => setGrouping(undefined)} />
      )}
    </Page>
  )
}

/** Tests of keys, and what came of them since the page was opened. */
function useTrials(): { trials: ReadonlyMap<string, Trying>; test: (key: Key) => void } {
  const [trials, setTrials] = useState<ReadonlyMap<string, Trying>>(new Map())
  const announce = useAnnounce()
  const put = (id: string, trial?: Trying): void =>
    setTrials((before) => {
      const next = new Map(before)
      if (trial) next.set(id, trial)
      else next.delete(id)
      return next
    })
  const run = async ({ id, masked }: Key): Promise<void> => {
    put(id, 'busy')
    try {
      const trial = await ask(api.api.keys[':id'].test.$post({ param: { id } }))
      put(id, trial)
      change(keysSource, (keys) => keys.map((key) => (key.id === id ? trial.key : key)))
      announce(words.tested(trial.ok, masked, trial.latencyMs))
    } catch (thrown) {
      put(id)
      announce(words.testFailed(masked, messageOf(toApiError(thrown))))
    }
  }
  return { trials, test: (key) => void run(key) }
}

/** Keys that are shown as deleted. Each is deleted once the user can no longer undo it. */
function useRemoval(): { removed: ReadonlySet<string>; remove: (key: Key) => void } {
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set())
  const announce = useAnnounce()
  const show = (id: string): void =>
    setRemoved((before) => new Set([...before].filter((other) => other !== id)))
  const commit = async ({ id, masked }: Key): Promise<void> => {
    try {
      await send(api.api.keys[':id'].$delete({ param: { id } }, { init: { keepalive: true } }))
      change(keysSource, (keys) => keys.filter((key) => key.id !== id))
      await keysChanged()
    } catch (thrown) {
      show(id)
      announce(words.removeFailed(masked, messageOf(toApiError(thrown))))
    }
  }
  const remove = (key: Key): void => {
    setRemoved((before) => new Set([...before, key.id]))
    announce(words.removed(key.masked), { undo: () => show(key.id), commit: () => commit(key) })
    focusPage()
  }
  return { removed, remove }
}

function FindField({ typed, onTyped }: { typed: string; onTyped: (typed: string) => void }) {
  return (
    <search class="find">
      <input
        type="search"
        aria-label={words.find}
        placeholder={words.findHint}
        value={typed}
        onInput={(event) => onTyped(event.currentTarget.value)}
      />
    </search>
  )
}

function NoKeys() {
  const providers = useResource(providersSource)
  const announce = useAnnounce()
  const sandbox = useAction(async () => {
    // The sandbox takes any text for a key.
    await ask(api.api.keys.$post({ json: { provider: 'sandbox', apiKey: 'sandbox' } }))
    announce(words.sandboxAdded)
    focusPage()
    await keysChanged()
  })
  return (
    <EmptyState title={words.emptyTitle}>
      <p>{words.empty}</p>
      {providers.data?.some(({ id }) => id === 'sandbox') && (
        <button type="button" class="button" aria-disabled={sandbox.busy} onClick={() => sandbox.run()}>
          {words.sandbox}
        </button>
      )}
      <ErrorNotice error={sandbox.error} />
    </EmptyState>
  )
}
