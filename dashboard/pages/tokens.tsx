/**
 * Tokens for the tools that use this hub: what each may do, what it has used of that, and how to
 * take it away.
 */
import { useCallback, useState } from 'preact/hooks'
import { api, ask, type NewToken, send, type Token } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { focusPage, Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { SecretDialog } from '../parts/secret-dialog.tsx'
import { WarningList } from '../parts/warning-list.tsx'
import { useAnnounce } from '../state/announce.ts'
import { useNow } from '../state/clock.ts'
import { useLiveLog } from '../state/live.ts'
import { flagField, useQuery } from '../state/query.ts'
import { refresh, useResource } from '../state/resource.ts'
import { selfSource, tokensSource } from '../state/sources.ts'
import { toNewToken } from '../state/token-form.ts'
import { words } from '../text/tokens.ts'
import { OwnCaps } from './tokens/own-caps.tsx'
import { TokenFormDialog } from './tokens/token-form.tsx'
import { TokenRow } from './tokens/token-row.tsx'

export default function TokensPage() {
  const tokens = useResource(tokensSource)
  const now = useNow('minute')
  const [{ add: making }, setQuery] = useQuery({ add: flagField() })
  const [fresh, setFresh] = useState<NewToken>()
  const [revoking, setRevoking] = useState<Token>()
  const [editing, setEditing] = useState<Token>()
  const [warnings, setWarnings] = useState<readonly string[]>([])
  const announce = useAnnounce()
  // Most requests use a token, so the use of its limits has changed.
  const readAgain = useCallback(() => {
    void refresh(tokensSource)
    void refresh(selfSource)
  }, [])
  useLiveLog(readAgain, 'mine', readAgain)
  return (
    <Page
      title={words.title}
      lede={words.lede}
      class="tokens"
      actions={
        <button type="button" class="button primary" onClick={() => setQuery({ add: true })}>
          {words.add}
        </button>
      }
    >
      <WarningList warnings={warnings} />
      <OwnCaps />
      <ResourceView resource={tokens}>
        {(data) =>
          data.length === 0 ? (
            <EmptyState title={words.emptyTitle}>
              <p>{words.empty}</p>
            </EmptyState>
          ) : (
            <ul class="rows">
              {data.map((token) => (
                <TokenRow
                  key={token.id}
                  token={token}
                  now={now}
                  onEdit={() => setEditing(token)}
                  onRevoke={() => setRevoking(token)}
                />
              ))}
            </ul>
          )
        }
      </ResourceView>
      {making && (
        <TokenFormDialog
          title={words.add}
          submit={words.submit}
          save={async (input) => {
            const made = await ask(api.api.tokens.$post({ json: toNewToken(input) }))
            setFresh(made)
            setWarnings(made.warnings)
            void tokens.reload()
          }}
          onClosed={() => setQuery({ add: false })}
        />
      )}
      {editing && (
        <TokenFormDialog
          title={words.editTitle(editing.name)}
          submit={words.save}
          token={editing}
          save={async (json) => {
            const param = { id: editing.id }
            const changed = await ask(api.api.tokens[':id'].$patch({ param, json }))
            setWarnings(changed.warnings)
            announce(words.changed(json.name))
            await tokens.reload()
          }}
          onClosed={() => setEditing(undefined)}
        />
      )}
      {fresh && !making && (
        <SecretDialog
          title={words.freshTitle}
          lede={words.fresh}
          label={words.secret}
          secret={fresh.token}
          taken={words.stored}
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
            await send(api.api.tokens[':id'].$delete({ param: { id: revoking.id }, query: {} }))
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
