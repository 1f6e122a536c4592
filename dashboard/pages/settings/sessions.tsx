/** Where a person is logged in, and how to end that. */
import { useState } from 'preact/hooks'
import { api, ask, send, type Session } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { focusPage } from '../../parts/page.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { useNow } from '../../state/clock.ts'
import { type Source, useResource } from '../../state/resource.ts'
import { nameDevice } from '../../state/devices.ts'
import { words } from '../../text/settings.ts'

export const sessionsSource: Source<Session[]> = {
  name: 'sessions',
  load: async () => (await ask(api.api.auth.sessions.$get())).data,
}

export function SessionsCard() {
  const sessions = useResource(sessionsSource)
  const [ending, setEnding] = useState(false)
  const announce = useAnnounce()
  const end = useAction(async (id: string) => {
    await send(api.api.auth.sessions[':id'].$delete({ param: { id } }))
    announce(words.ended)
    focusPage()
    await sessions.reload()
  })
  const others = sessions.data?.some(({ current }) => !current) ?? false
  return (
    <Card
      title={words.sessions}
      action={
        others && (
          <button type="button" class="button small" onClick={() => setEnding(true)}>
            {words.endOthers}
          </button>
        )
      }
    >
      <ErrorNotice error={end.error} />
      <ResourceView resource={sessions}>
        {(data) => (
          <ul>
            {data.map((session) => (
              <SessionRow key={session.id} session={session} onEnd={() => end.run(session.id)} />
            ))}
          </ul>
        )}
      </ResourceView>
      {ending && (
        <Confirm
          title={words.endOthersTitle}
          warning={words.endOthersWarning}
          submit={words.endOthers}
          act={async () => {
            await send(api.api.auth.sessions.$delete())
          }}
          onDone={() => {
            announce(words.othersEnded)
            focusPage()
            void sessions.reload()
          }}
          onClosed={() => setEnding(false)}
        />
      )}
    </Card>
  )
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const now = useNow('minute')
  const { userAgent, address, createdAt, lastSeenAt, current } = session
  const device = nameDevice(userAgent) ?? words.unknownDevice
  const notes = [
    words.openedOn(createdAt),
    address !== null && words.openedFrom(address),
    lastSeenAt !== null && words.seen(lastSeenAt, now),
  ].filter((note) => typeof note === 'string')
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <strong title={userAgent ?? undefined}>{device}</strong>
        </p>
        {current && <span class="chip chip-ready">{words.current}</span>}
        <p class="row-notes">{notes.join(' · ')}</p>
      </div>
      {!current && (
        <div class="row-actions">
          <RowButton verb={words.end} label={words.endOne(device)} onClick={onEnd} />
        </div>
      )}
    </li>
  )
}
