/** Sends a prompt through the hub, and shows how it was served. */
import { useCallback, useEffect } from 'preact/hooks'
import type { Model } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import type { Home } from '../state/home.ts'
import { readinessOf } from '../state/standing.ts'
import { type Trial, useTrial } from '../state/trial.ts'
import { text } from '../text.ts'

interface TryItCardProps {
  home: Home
  model: string
  onModel: (model: string) => void
  /** Told when a request begins and when it is over. */
  onFlowing: (flowing: boolean) => void
}

/** The hub settles a request a moment after its last byte; only then do its keys tell of it. */
const settledAfterMs = 400

export function TryItCard({ home, model, onModel, onFlowing }: TryItCardProps) {
  const { reload } = home.keys
  const onEnd = useCallback(() => void setTimeout(() => void reload(), settledAfterMs), [reload])
  const { trial, start, stop } = useTrial(onEnd)
  const running = trial.phase === 'waiting' || trial.phase === 'streaming'
  useEffect(() => onFlowing(running), [running, onFlowing])
  // What was wrong with one model says nothing about the next.
  const error = trial.asked === model ? trial.error : undefined

  return (
    <Card id="try-it" title={text.tryIt.title}>
      <ResourceView resource={home.models}>
        {(models) => (
          <form onSubmit={onSubmit((form) => start({ model, prompt: valueOf(form, 'prompt') }))}>
            <Field label={text.tryIt.model} name="model" error={error} hint={hintFor(home, models)}>
              {(control) => (
                <select {...control} value={model} onChange={(event) => onModel(event.currentTarget.value)}>
                  {[...groupByOwner(models)].map(([owner, group]) => (
                    <optgroup
                      key={owner}
                      label={owner === 'hub' ? text.tryIt.routes : text.tryIt.modelsOf(home.nameOf(owner))}
                    >
                      {group.map(({ id }) => (
                        <option key={id} value={id}>
                          {id}
                        </option>
                      ))}
                    </optgroup>
                  ))}
                </select>
              )}
            </Field>
            <Field label={text.tryIt.prompt} name="prompt" error={undefined} hint={text.tryIt.hint}>
              {(control) => (
                <textarea
                  {...control}
                  required
                  rows={3}
                  placeholder={text.tryIt.promptPlaceholder}
                  defaultValue={text.tryIt.firstPrompt}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey))
                      event.currentTarget.form?.requestSubmit()
                  }}
                />
              )}
            </Field>
            <div class="actions">
              {/* One button in both states: focus stays on it. */}
              <button
                class={running ? 'button' : 'button primary'}
                onClick={(event) => {
                  if (!running) return
                  event.preventDefault()
                  stop()
                }}
              >
                {running ? text.tryIt.stop : text.tryIt.send}
              </button>
            </div>
          </form>
        )}
      </ResourceView>
      <ErrorNotice error={error} fields={['model']} />
      <p class="visually-hidden" role="status">
        {statusOf(trial)}
      </p>
      {trial.phase !== 'idle' && <Answer trial={trial} running={running} nameOf={home.nameOf} />}
    </Card>
  )
}

interface AnswerProps {
  trial: Trial
  running: boolean
  nameOf: (provider: string) => string
}

function Answer({ trial, running, nameOf }: AnswerProps) {
  const { answer, reasoning, served, firstTokenMs, totalMs } = trial
  const facts = [
    [text.tryIt.provider, served.provider && nameOf(served.provider)],
    [text.tryIt.served, served.model],
    [text.tryIt.attempts, served.attempts],
    [text.tryIt.firstToken, firstTokenMs !== undefined && text.tryIt.seconds(firstTokenMs)],
    [text.tryIt.total, totalMs !== undefined && text.tryIt.seconds(totalMs)],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]))
  if (!answer && !reasoning && facts.length === 0 && !running) return null
  return (
    <div class="answer">
      {reasoning && (
        <details>
          <summary>{text.tryIt.reasoning}</summary>
          <p class="prose quiet">{reasoning}</p>
        </details>
      )}
      {(answer || running) && (
        <p
          class={running ? 'prose answering' : 'prose'}
          role="region"
          aria-label={text.tryIt.answer}
          aria-busy={running}
        >
          {answer || <span class="quiet">{text.tryIt.waiting}</span>}
        </p>
      )}
      {!answer && trial.phase === 'done' && <p class="quiet">{text.tryIt.silent}</p>}
      {facts.length > 0 && (
        <dl class="facts" aria-label={text.tryIt.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}

/** Said to screen readers; the answer itself is read when its end was announced, not word by word. */
function statusOf({ phase, answer }: Trial): string {
  switch (phase) {
    case 'waiting':
      return text.tryIt.waiting
    case 'streaming':
      return text.tryIt.streaming
    case 'done':
      return `${text.tryIt.done} ${answer}`
    case 'stopped':
      return text.tryIt.stopped
    case 'idle':
    case 'failed':
      return ''
  }
}

/** Why a route may lead nowhere yet. */
function hintFor(home: Home, models: readonly Model[]): string | undefined {
  if (!home.keys.data || readinessOf(home.keys.data, models, home.now).type !== 'no-keys') return undefined
  return models.some((model) => model.owned_by === 'sandbox') ? text.tryIt.onlySandbox : text.tryIt.noKeys
}

function groupByOwner(models: readonly Model[]): Map<string, Model[]> {
  return Map.groupBy(models, (model) => model.owned_by)
}
