/**
 * The tokens of one person, each with a way to revoke it. Their secrets are known to no one but
 * their owner.
 */
import { useMemo, useState } from 'preact/hooks'
import { api, ask, send, type Token, type User } from '../../api.ts'
import { CapsBars } from '../../parts/caps-bars.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { useAnnounce } from '../../state/announce.ts'
import { useNow } from '../../state/clock.ts'
import { nameOfPerson } from '../../state/people.ts'
import { type Source, useResource } from '../../state/resource.ts'
import { words } from '../../text/teams.ts'
import { words as tokenWords } from '../../text/tokens.ts'

export function PersonTokensDialog({ user, onClosed }: { user: User; onClosed: () => void }) {
  const source = useMemo((): Source<Token[]> => {
    const query = { owner: user.id }
    return {
      name: `tokens of ${user.id}`,
      load: async () => (await ask(api.api.tokens.$get({ query }))).data,
    }
  }, [user.id])
  const tokens = useResource(source)
  const now = useNow('minute')
  const [revoking, setRevoking] = useState<Token>()
  const announce = useAnnounce()
  return (
    <>
      <Dialog title={words.tokensTitle(nameOfPerson(user))} onClosed={onClosed}>
        {(close) => (
          <>
            <ResourceView resource={tokens}>
              {(data) =>
                data.length === 0 ? (
                  <p class="quiet">{words.noTokens}</p>
                ) : (
                  <ul class="rows">
                    {data.map((token) => (
                      <li key={token.id} class="row">
                        <div class="row-main">
                          <p class="row-title">
                            <strong>{token.name}</strong> <code>{token.prefix}…</code>
                          </p>
                          <p class="row-notes">
                            {token.lastUsedAt
                              ? tokenWords.lastUsed(token.lastUsedAt, now)
                              : tokenWords.neverUsed}
                          </p>
                        </div>
                        <div class="row-actions">
                          <RowButton
                            verb={tokenWords.revoke}
                            label={tokenWords.actOn(tokenWords.revoke, token.name)}
                            onClick={() => setRevoking(token)}
                          />
                        </div>
                        <CapsBars {...token} />
                      </li>
                    ))}
                  </ul>
                )
              }
            </ResourceView>
            <div class="actions">
              <button type="button" class="button" onClick={close}>
                {words.done}
              </button>
            </div>
          </>
        )}
      </Dialog>
      {revoking && (
        <Confirm
          title={tokenWords.revokeTitle(revoking.name)}
          warning={tokenWords.revokeWarning}
          submit={tokenWords.revokeSubmit}
          act={async () => {
            const query = { owner: revoking.owner }
            await send(api.api.tokens[':id'].$delete({ param: { id: revoking.id }, query }))
          }}
          onDone={() => {
            announce(tokenWords.revoked(revoking.name))
            void tokens.reload()
          }}
          onClosed={() => setRevoking(undefined)}
        />
      )}
    </>
  )
}
