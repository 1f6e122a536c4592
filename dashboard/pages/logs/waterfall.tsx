/** The attempts of a request, one below the other on one axis of time. What is drawn is said in words beside it. */
import type { Log } from '../../api.ts'
import { recent, took } from '../../format.ts'
import { type Attempt, placeAttempts, served } from '../../state/waterfall.ts'
import { words } from '../../text/logs.ts'

interface WaterfallProps {
  row: Log
  keyName: (id: string) => string
}

export function Waterfall({ row, keyName }: WaterfallProps) {
  const { wholeMs, places } = placeAttempts(row)
  return (
    <>
      <ol class="waterfall" aria-label={words.trail}>
        {row.trail.map((attempt, index) => (
          <li key={index} class={served(attempt) ? 'attempt attempt-good' : 'attempt attempt-bad'}>
            <p class="attempt-head">
              <strong>{words.verdict(attempt.verdict)}</strong>
              <code>
                {attempt.provider}/{attempt.model}
              </code>
              <span class="figures">{took(attempt.durationMs)}</span>
            </p>
            <div class="attempt-track" aria-hidden="true">
              {/* Properties, not a style attribute: the page's policy forbids those. */}
              <span
                style={{
                  '--begin': `${(places[index]?.begin ?? 0) * 100}%`,
                  '--width': `${(places[index]?.width ?? 0) * 100}%`,
                }}
              />
            </div>
            <p class="attempt-notes">{notesOf(attempt, places[index]?.afterMs ?? 0, keyName)}</p>
            {attempt.message !== null && (
              <p class="attempt-notes">
                {words.said} <q>{attempt.message}</q>
              </p>
            )}
          </li>
        ))}
      </ol>
      <p class="waterfall-axis figures" aria-hidden="true">
        <span>{took(0)}</span>
        <span>{took(wholeMs)}</span>
      </p>
    </>
  )
}

function notesOf(attempt: Attempt, afterMs: number, keyName: (id: string) => string): string {
  const { keyId, status, blame, retryAt } = attempt
  const notes = [
    words.startedAfter(took(afterMs)),
    keyId !== null && words.withKey(keyName(keyId)),
    status !== null && words.answeredWith(status),
    blame !== null && words.blamed(blame),
    retryAt !== null && words.retryAt(recent(Date.parse(retryAt), Date.now())),
  ]
  return notes.filter((note) => typeof note === 'string').join(' · ')
}
