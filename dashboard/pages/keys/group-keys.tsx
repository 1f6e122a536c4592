/**
 * Groups keys into an account, whose quota is then counted once; and says so where two look like
 * one.
 */
import { useState } from 'preact/hooks'
import { api, ApiError, ask, type Key, type Pool } from '../../api.ts'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { refresh } from '../../state/resource.ts'
import { accountsSource, keysChanged } from '../../state/sources.ts'
import { words } from '../../text/keys.ts'

/** Keys of one provider that are to be grouped, some of them chosen already. */
export interface Grouping {
  provider: string
  chosen: readonly string[]
}

interface SuggestionsProps {
  pools: readonly Pool[]
  keys: readonly Key[]
  nameOf: (provider: string) => string
  onGroup: (grouping: Grouping) => void
}

export function Suggestions({ pools, keys, nameOf, onGroup }: SuggestionsProps) {
  const suggestions = pools.flatMap(({ provider, suggestions: found }) =>
    found.map(({ accounts, times }) => ({
      provider,
      times,
      keys: keys.filter((key) => key.provider === provider && accounts.includes(key.account)),
    })),
  )
  return (
    <>
      {suggestions.map(({ provider, times, keys: alike }) => (
        <div key={`${provider}/${alike.map(({ id }) => id).join()}`} class="empty">
          <h2>{words.suggestTitle(nameOf(provider))}</h2>
          <p>
            {words.suggest(
              alike.map(({ name, masked }) => name ?? masked),
              times,
            )}
          </p>
          <button
            type="button"
            class="button"
            onClick={() => onGroup({ provider, chosen: alike.map(({ id }) => id) })}
          >
            {words.group}
          </button>
        </div>
      ))}
    </>
  )
}

interface GroupKeysProps {
  grouping: Grouping
  keys: readonly Key[]
  onClosed: () => void
}

export function GroupKeysDialog({ grouping: { provider, chosen }, keys, onClosed }: GroupKeysProps) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set(chosen))
  const announce = useAnnounce()
  const group = useAction(async (form: HTMLFormElement, close: () => void) => {
    if (picked.size === 0) throw new ApiError('VALIDATION_ERROR', words.groupNone)
    const name = valueOf(form, 'name').trim()
    const account = await findOrMake(provider, name)
    for (const id of picked) {
      // One after the other: each moves a key of the same pool.
      await ask(api.api.keys[':id'].$patch({ param: { id }, json: { account: account.id } }))
    }
    close()
    announce(words.grouped(name, picked.size))
    await Promise.all([keysChanged(), refresh(accountsSource)])
  })
  const toggle = (id: string, on: boolean): void => {
    const next = new Set(picked)
    if (on) next.add(id)
    else next.delete(id)
    setPicked(next)
  }
  return (
    <FormDialog
      title={words.groupTitle}
      submit={words.groupSubmit}
      action={group}
      fields={['name']}
      onClosed={onClosed}
    >
      <Field label={words.groupName} name="name" hint={words.groupNameHint} error={group.error}>
        {(control) => <input {...control} required autofocus autocomplete="off" />}
      </Field>
      <fieldset class="choices">
        <legend>{words.groupKeys}</legend>
        {keys
          .filter((key) => key.provider === provider)
          .map(({ id, name, masked }) => (
            <label key={id} class="check">
              <input
                type="checkbox"
                checked={picked.has(id)}
                onChange={(event) => toggle(id, event.currentTarget.checked)}
              />{' '}
              <code>{masked}</code> {name}
            </label>
          ))}
      </fieldset>
    </FormDialog>
  )
}

/** The account of this name; where a move failed half-way, it is there already. */
async function findOrMake(provider: string, name: string): Promise<{ id: string }> {
  const { data } = await ask(api.api.accounts.$get())
  const found = data.find((account) => account.provider === provider && account.name === name)
  return found ?? ask(api.api.accounts.$post({ json: { provider, name } }))
}
