/**
 * The attempts of a request, one below the other on one time axis. The text beside it has the same
 * facts.
 */
import type { Log } from '../../api.ts'
import { recent, took } from '../../format.ts'
import { type Attempt, type Place, served, type Skip, stepsOf } from '../../state/waterfall.ts'
import { words } from '../../text/logs.ts'
import { skipWords } from '../../text/refusals.ts'

interface WaterfallProps {
  row: Log
  keyName: (id: string) => string
}

export function Waterfall({ row, keyName }: WaterfallProps) {
  const { wholeMs, steps } = stepsOf(row)
  return (
    <>
      <ol class="waterfall" aria-label={words.trail}>
        {steps.map((step, index) =>
          step.type === 'attempt' ? (
            <AttemptItem key={index} attempt={step.attempt} place={step.place} keyName={keyName} />
          ) : (
            <SkipItem key={index} skip={step.skip} keyName={keyName} />
          ),
        )}
      </ol>
      {row.trail.length > 0 && (
        <p class="waterfall-axis figures" aria-hidden="true">
          <span>{took(0)}</span>
          <span>{took(wholeMs)}</span>
        </p>
      )}
    </>
  )
}

function AttemptItem({
  attempt,
  place,
  keyName,
}: {
  attempt: Attempt
  place: Place
  keyName: (id: string) => string
}) {
  return (
    <li class={served(attempt) ? 'attempt attempt-good' : 'attempt attempt-bad'}>
      <p class="attempt-head">
        <strong>{words.verdict(attempt.verdict)}</strong>
        <code>
          {attempt.provider}/{attempt.model}
        </code>
        <span class="figures">{took(attempt.durationMs)}</span>
      </p>
      <div class="attempt-track" aria-hidden="true">
        {/* Properties, not a style attribute: the page's policy forbids those. */}
        <span style={{ '--begin': `${place.begin * 100}%`, '--width': `${place.width * 100}%` }} />
      </div>
      <p class="attempt-notes">{notesOf(attempt, place.afterMs, keyName)}</p>
      {attempt.message !== null && (
        <p class="attempt-notes">
          {words.said} <q>{attempt.message}</q>
        </p>
      )}
    </li>
  )
}

function SkipItem({ skip, keyName }: { skip: Skip; keyName: (id: string) => string }) {
  const { provider, model, reason, keys, keyId, verdict, retryAt } = skip
  const notes = [
    keyId === null ? keys !== null && words.skippedKeys(keys) : words.withKey(keyName(keyId)),
    verdict !== null && words.verdict(verdict),
    retryAt !== null && words.retryAt(recent(Date.parse(retryAt), Date.now())),
  ]
  return (
    <li class="attempt attempt-skipped">
      <p class="attempt-head">
        <strong>{words.skipped}</strong>
        <code>{model === null ? provider : `${provider}/${model}`}</code>
        <span class="figures">–</span>
      </p>
      <p class="attempt-notes">{joinNotes([skipWords(reason), ...notes])}</p>
    </li>
  )
}

function notesOf(attempt: Attempt, afterMs: number, keyName: (id: string) => string): string {
  const { keyId, status, blame, retryAt } = attempt
  return joinNotes([
    words.startedAfter(took(afterMs)),
    keyId !== null && words.withKey(keyName(keyId)),
    status !== null && words.answeredWith(status),
    blame !== null && words.blamed(blame),
    retryAt !== null && words.retryAt(recent(Date.parse(retryAt), Date.now())),
  ])
}

function joinNotes(notes: readonly (string | false)[]): string {
  return notes.filter((note) => note !== false).join(' · ')
}
