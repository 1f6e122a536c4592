/** Tokens for the tools that use this hub. */
import { useState } from 'preact/hooks'
import { api, ask, type NewToken, send, type Token } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { focusPage, Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import { useNow } from '../state/clock.ts'
import { flagField, useQuery } from '../state/query.ts'
import { useResource } from '../state/resource.ts'
import { tokensSource } from '../state/sources.ts'
import { text } from '../text.ts'
import { words } from '../text/tokens.ts'

export default function TokensPage() {
  const tokens = useResource(tokensSource)
  const now = useNow('minute')
  const [{ add: making }, setQuery] = useQuery({ add: flagField() })
  const [fresh, setFresh] = useState<NewToken>()
  const [revoking, setRevoking] = useState<Token>()
  const announce = useAnnounce()
  return (
    <Page
      title={words.title}
      class="tokens"
      actions={
        <button type="button" class="button primary" onClick={() => setQuery({ add: true })}>
          {words.add}
        </button>
      }
    >
      <ResourceView resource={tokens}>
        {(data) =>
          data.length === 0 ? (
            <EmptyState title={words.emptyTitle}>
              <p>{words.empty}</p>
            </EmptyState>
          ) : (
            <ul class="rows">
              {data.map((token) => (
                <TokenRow key={token.id} token={token} now={now} onRevoke={() => setRevoking(token)} />
              ))}
            </ul>
          )
        }
      </ResourceView>
      {making && (
        <MakeTokenDialog
          onMade={(token) => {
            setFresh(token)
            void tokens.reload()
          }}
          onClosed={() => setQuery({ add: false })}
        />
      )}
      {fresh && !making && (
        <FreshTokenDialog
          token={fresh}
          onClosed={() => {
            announce(words.made(fresh.name))
            setFresh(undefined)
          }}
        />
      )}
      {revoking && (
        <Confirm
          title={words.revokeTitle(revoking.name)}
          warning={words.revokeWarning}
          submit={words.revokeSubmit}
          act={async () => {
            await send(api.api.tokens[':id'].$delete({ param: { id: revoking.id } }))
          }}
          onDone={() => {
            announce(words.revoked(revoking.name))
            focusPage()
            void tokens.reload()
          }}
          onClosed={() => setRevoking(undefined)}
        />
      )}
    </Page>
  )
}

function TokenRow({ token, now, onRevoke }: { token: Token; now: number; onRevoke: () => void }) {
  const notes = [
    words.madeOn(token.createdAt),
    token.lastUsedAt ? words.lastUsed(token.lastUsedAt, now) : words.neverUsed,
    token.expiresAt && words.expires(token.expiresAt),
  ].filter((note) => typeof note === 'string')
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <strong>{token.name}</strong> <code>{token.prefix}…</code>
        </p>
        <p class="row-notes">{notes.join(' · ')}</p>
      </div>
      <div class="row-actions">
        <button
          type="button"
          class="button small"
          aria-label={words.actOn(words.revoke, token.name)}
          onClick={onRevoke}
        >
          {words.revoke}
        </button>
      </div>
    </li>
  )
}

function MakeTokenDialog({ onMade, onClosed }: { onMade: (token: NewToken) => void; onClosed: () => void }) {
  const make = useAction(async (form: HTMLFormElement, close: () => void) => {
    const token = await ask(api.api.tokens.$post({ json: { name: valueOf(form, 'name').trim() } }))
    onMade(token)
    close()
  })
  return (
    <Dialog title={words.add} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={onSubmit((form) => make.run(form, close))}>
          <Field label={words.name} name="name" hint={words.nameHint} error={make.error}>
            {(control) => <input {...control} required autofocus autocomplete="off" />}
          </Field>
          <ErrorNotice error={make.error} fields={['name']} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.cancel}
            </button>
            <button class="button primary" aria-disabled={make.busy}>
              {words.submit}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

/** The only time that the secret is seen. It is in this component's properties, and gone with it. */
function FreshTokenDialog({ token, onClosed }: { token: NewToken; onClosed: () => void }) {
  return (
    <Dialog title={words.freshTitle} onClosed={onClosed}>
      {(close) => (
        <>
          <p>{words.fresh}</p>
          <div class="secret">
            <textarea
              readOnly
              rows={3}
              aria-label={words.secret}
              value={token.token}
              onFocus={(event) => event.currentTarget.select()}
              autofocus
            />
            <CopyButton value={token.token} class="primary" />
          </div>
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {words.stored}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}
