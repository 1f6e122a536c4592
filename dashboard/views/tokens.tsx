/** Tokens for the tools that use this hub. */
import { useState } from 'preact/hooks'
import { api, ask, type NewToken, send, type Token } from '../api.ts'
import { Card, focusCard } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import type { Home } from '../state/home.ts'
import { text } from '../text.ts'

export function TokensCard({ home }: { home: Home }) {
  const { tokens, now } = home
  const [making, setMaking] = useState(false)
  const [fresh, setFresh] = useState<NewToken>()
  const [revoking, setRevoking] = useState<Token>()
  const announce = useAnnounce()
  return (
    <Card
      id="tokens"
      title={text.tokens.title}
      action={
        <button type="button" class="button primary" onClick={() => setMaking(true)}>
          {text.tokens.add}
        </button>
      }
    >
      <ResourceView resource={tokens}>
        {(data) =>
          data.length === 0 ? (
            <div class="empty">
              <h3>{text.tokens.emptyTitle}</h3>
              <p>{text.tokens.empty}</p>
            </div>
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
          onClosed={() => setMaking(false)}
        />
      )}
      {fresh && !making && (
        <FreshTokenDialog
          token={fresh}
          onClosed={() => {
            announce(text.tokens.made(fresh.name))
            setFresh(undefined)
          }}
        />
      )}
      {revoking && (
        <Confirm
          title={text.tokens.revokeTitle(revoking.name)}
          warning={text.tokens.revokeWarning}
          submit={text.tokens.revokeSubmit}
          act={async () => {
            await send(api.api.tokens[':id'].$delete({ param: { id: revoking.id } }))
          }}
          onDone={() => {
            announce(text.tokens.revoked(revoking.name))
            focusCard('tokens')
            void tokens.reload()
          }}
          onClosed={() => setRevoking(undefined)}
        />
      )}
    </Card>
  )
}

function TokenRow({ token, now, onRevoke }: { token: Token; now: number; onRevoke: () => void }) {
  const notes = [
    text.tokens.madeOn(token.createdAt),
    token.lastUsedAt ? text.tokens.lastUsed(token.lastUsedAt, now) : text.tokens.neverUsed,
    token.expiresAt && text.tokens.expires(token.expiresAt),
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
          aria-label={text.tokens.actOn(text.tokens.revoke, token.name)}
          onClick={onRevoke}
        >
          {text.tokens.revoke}
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
    <Dialog title={text.tokens.add} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={onSubmit((form) => make.run(form, close))}>
          <Field label={text.tokens.name} name="name" hint={text.tokens.nameHint} error={make.error}>
            {(control) => <input {...control} required autofocus autocomplete="off" />}
          </Field>
          <ErrorNotice error={make.error} fields={['name']} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.cancel}
            </button>
            <button class="button primary" aria-disabled={make.busy}>
              {text.tokens.submit}
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
    <Dialog title={text.tokens.freshTitle} onClosed={onClosed}>
      {(close) => (
        <>
          <p>{text.tokens.fresh}</p>
          <div class="secret">
            <textarea
              readOnly
              rows={3}
              aria-label={text.tokens.secret}
              value={token.token}
              onFocus={(event) => event.currentTarget.select()}
              autofocus
            />
            <CopyButton value={token.token} class="primary" />
          </div>
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.tokens.stored}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}
