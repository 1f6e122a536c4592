/** Whether what a person asks and is answered is kept for them. */
import { useContext, useState } from 'preact/hooks'
import { api, ask, type Person } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { PersonChanged } from '../../state/hub.ts'
import { words } from '../../text/settings.ts'

export function TranscriptsCard({ person }: { person: Person }) {
  const announce = useAnnounce()
  const tell = useContext(PersonChanged)
  const [stopping, setStopping] = useState(false)
  const setKept = async (keepTranscripts: boolean): Promise<void> => {
    tell(await ask(api.api.auth.me.$patch({ json: { keepTranscripts } })))
    announce(keepTranscripts ? words.transcriptsKept : words.transcriptsGone)
  }
  const start = useAction(() => setKept(true))
  const { keepTranscripts } = person
  return (
    <Card title={words.transcripts}>
      <p>{keepTranscripts ? words.transcriptsOn : words.transcriptsOff}</p>
      <p class="hint">{words.transcriptsHint}</p>
      <ErrorNotice error={start.error} />
      <button
        type="button"
        class="button"
        aria-disabled={start.busy}
        onClick={() => (keepTranscripts ? setStopping(true) : start.run())}
      >
        {keepTranscripts ? words.stopTranscripts : words.keepTranscripts}
      </button>
      {stopping && (
        <Confirm
          title={words.stopTranscriptsTitle}
          warning={words.stopTranscriptsWarning}
          submit={words.stopTranscripts}
          act={() => setKept(false)}
          onDone={() => {}}
          onClosed={() => setStopping(false)}
        />
      )}
    </Card>
  )
}
