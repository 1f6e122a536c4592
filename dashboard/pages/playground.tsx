/** Sends a prompt through the hub, and shows how it was served. */
import type { Key, Model } from '../api.ts'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { useNow } from '../state/clock.ts'
import { textField, useQuery } from '../state/query.ts'
import { refresh, useResource } from '../state/resource.ts'
import { keysSource, modelsSource, useProviderNames } from '../state/sources.ts'
import { readinessOf } from '../state/standing.ts'
import { type Trial, useTrial } from '../state/trial.ts'
import { words } from '../text/playground.ts'
import './playground.css'

/** The hub settles a request a moment after its last byte; only then do its keys tell of it. */
const settledAfterMs = 400

const onEnd = (): void => void setTimeout(() => void refresh(keysSource), settledAfterMs)

export default function PlaygroundPage() {
  const available = useResource(modelsSource)
  const keys = useResource(keysSource)
  const nameOf = useProviderNames()
  const now = useNow('minute')
  const [query, setQuery] = useQuery({ model: textField() })
  const model = query.model || defaultModel(available.data ?? [], keys.data?.length !== 0)
  const { trial, start, stop } = useTrial(onEnd)
  const running = trial.phase === 'waiting' || trial.phase === 'streaming'
  // What was wrong with one model says nothing about the next.
  const error = trial.asked === model ? trial.error : undefined

  return (
    <Page title={words.title} lede={words.hint} class="playground">
      <ResourceView resource={available}>
        {(models) => (
          <form onSubmit={onSubmit((form) => start({ model, prompt: valueOf(form, 'prompt') }))}>
            <Field label={words.model} name="model" error={error} hint={hintFor(keys.data, models, now)}>
              {(control) => (
                <select
                  {...control}
                  value={model}
                  onChange={(event) => setQuery({ model: event.currentTarget.value })}
                >
                  {[...groupByOwner(models)].map(([owner, group]) => (
                    <optgroup
                      key={owner}
                      label={owner === 'hub' ? words.routes : words.modelsOf(nameOf(owner))}
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
            <Field label={words.prompt} name="prompt" error={undefined}>
              {(control) => (
                <textarea
                  {...control}
                  required
                  rows={3}
                  placeholder={words.promptPlaceholder}
                  defaultValue={words.firstPrompt}
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
                {running ? words.stop : words.send}
              </button>
            </div>
          </form>
        )}
      </ResourceView>
      <ErrorNotice error={error} fields={['model']} />
      <p class="visually-hidden" role="status">
        {statusOf(trial)}
      </p>
      {trial.phase !== 'idle' && <Answer trial={trial} running={running} nameOf={nameOf} />}
    </Page>
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
    [words.provider, served.provider && nameOf(served.provider)],
    [words.served, served.model],
    [words.attempts, served.attempts],
    [words.firstToken, firstTokenMs !== undefined && words.seconds(firstTokenMs)],
    [words.total, totalMs !== undefined && words.seconds(totalMs)],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]))
  if (!answer && !reasoning && facts.length === 0 && !running) return null
  return (
    <div class="answer">
      {reasoning && (
        <details>
          <summary>{words.reasoning}</summary>
          <p class="prose quiet">{reasoning}</p>
        </details>
      )}
      {(answer || running) && (
        <p
          class={running ? 'prose answering' : 'prose'}
          role="region"
          aria-label={words.answer}
          aria-busy={running}
        >
          {answer || <span class="quiet">{words.waiting}</span>}
        </p>
      )}
      {!answer && trial.phase === 'done' && <p class="quiet">{words.silent}</p>}
      {facts.length > 0 && (
        <dl class="facts" aria-label={words.facts}>
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
      return words.waiting
    case 'streaming':
      return words.streaming
    case 'done':
      return `${words.done} ${answer}`
    case 'stopped':
      return words.stopped
    case 'idle':
    case 'failed':
      return ''
  }
}

/** Why a route may lead nowhere yet. */
function hintFor(
  keys: readonly Key[] | undefined,
  models: readonly Model[],
  now: number,
): string | undefined {
  if (!keys || readinessOf(keys, models, now).type !== 'no-keys') return undefined
  return models.some((model) => model.owned_by === 'sandbox') ? words.onlySandbox : words.noKeys
}

/** The route that any key can serve; without a key only the sandbox answers, where there is one. */
function defaultModel(models: readonly Model[], hasKeys: boolean): string {
  const sandbox = models.find(({ id }) => id === 'sandbox/echo')
  return (!hasKeys && sandbox?.id) || 'any'
}

function groupByOwner(models: readonly Model[]): Map<string, Model[]> {
  return Map.groupBy(models, (model) => model.owned_by)
}
