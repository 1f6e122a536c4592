/**
 * Sends a prompt through the hub, to one model or to some side by side, and shows how each served
 * it.
 */
import type { Model } from '../api.ts'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { textField, useQuery } from '../state/query.ts'
import { refresh, useResource } from '../state/resource.ts'
import { modelsSource, poolsSource, useProviderNames } from '../state/sources.ts'
import { type Readiness, readinessOf } from '../state/key-status.ts'
import { type Trial, useTrial } from './playground/run.ts'
import { words } from '../text/playground.ts'
import { Answer } from './playground/answer.tsx'
import { ModelField } from './playground/model-field.tsx'
import './playground.css'

/** The hub settles a request a moment after its last byte; only then do its pools tell of it. */
const settledAfterMs = 400

const onEnd = (): void => void setTimeout(() => void refresh(poolsSource), settledAfterMs)

/** How many models are asked side by side, at most. */
const mostModels = 3

const fields = { model: textField(), second: textField(), third: textField() }

export default function PlaygroundPage() {
  const available = useResource(modelsSource)
  const pools = useResource(poolsSource).data
  const readiness = pools && readinessOf(pools)
  const nameOf = useProviderNames()
  const [query, setQuery] = useQuery(fields)
  const fallback = defaultModel(available.data ?? [], readiness?.type !== 'no-keys')
  const models = [query.model || fallback, query.second, query.third].filter((model) => model !== '')
  // As many as there can be: hooks are not called more or less often.
  const trials = [useTrial(onEnd), useTrial(onEnd), useTrial(onEnd)]
  const shown = models.flatMap((model, index) => {
    const controls = trials[index]
    return controls ? [{ model, ...controls }] : []
  })
  const running = shown.some(({ trial }) => isRunning(trial))
  const setModels = (next: readonly string[]): void => {
    const [model = '', second = '', third = ''] = next
    setQuery({ model, second, third })
  }

  return (
    <Page title={words.title} lede={words.hint} class="playground">
      <ResourceView resource={available}>
        {(known) => (
          <form
            onSubmit={onSubmit((form) => {
              for (const { model, start } of shown) start({ model, prompt: valueOf(form, 'prompt') })
            })}
          >
            <div class="models">
              {shown.map(({ model, trial }, index) => (
                <ModelField
                  key={index}
                  label={index === 0 ? words.model : words.against(index + 1)}
                  models={known}
                  model={model}
                  error={errorOf(trial, model)}
                  hint={index === 0 ? hintFor(readiness, known) : undefined}
                  onChange={(next) => setModels(models.with(index, next))}
                  {...(index > 0 && { onRemove: () => setModels(models.toSpliced(index, 1)) })}
                />
              ))}
            </div>
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
              {models.length < mostModels && (
                <button
                  type="button"
                  class="button"
                  onClick={() => setModels([...models, otherThan(models, known)])}
                >
                  {words.compare}
                </button>
              )}
              {/* One button in both states: focus stays on it. */}
              <button
                class={running ? 'button' : 'button primary'}
                onClick={(event) => {
                  if (!running) return
                  event.preventDefault()
                  for (const { stop } of shown) stop()
                }}
              >
                {running ? words.stop : words.send}
              </button>
            </div>
          </form>
        )}
      </ResourceView>
      <p class="visually-hidden" role="status">
        {shown.map(({ trial }) => statusOf(trial)).join(' ')}
      </p>
      <div class={shown.length > 1 ? 'answers side-by-side' : 'answers'}>
        {shown.map(({ model, trial }, index) => (
          <div key={index} class="answer-column">
            {shown.length > 1 && trial.phase !== 'idle' && <h2 class="answer-of">{trial.asked}</h2>}
            <ErrorNotice error={errorOf(trial, model)} fields={['model']} />
            {trial.phase !== 'idle' && (
              <Answer
                trial={trial}
                label={shown.length > 1 ? words.answerOf(trial.asked) : words.answer}
                running={isRunning(trial)}
                nameOf={nameOf}
              />
            )}
          </div>
        ))}
      </div>
    </Page>
  )
}

function isRunning({ phase }: Trial): boolean {
  return phase === 'waiting' || phase === 'streaming'
}

/** What was wrong with one model says nothing about the next that is chosen. */
function errorOf(trial: Trial, model: string) {
  return trial.asked === model ? trial.error : undefined
}

/**
 * Said to screen readers; the answer itself is read when its end was announced, not word by word.
 */
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
function hintFor(readiness: Readiness | undefined, models: readonly Model[]): string | undefined {
  if (readiness?.type !== 'no-keys') return undefined
  return models.some((model) => model.owned_by === 'sandbox') ? words.onlySandbox : words.noKeys
}

/** The route that any key can serve; without a key only the sandbox answers, where there is one. */
function defaultModel(models: readonly Model[], hasKeys: boolean): string {
  const sandbox = models.find(({ id }) => id === 'sandbox/echo')
  return (!hasKeys && sandbox?.id) || 'any'
}

/** Something to compare with: the first that is not compared already. */
function otherThan(chosen: readonly string[], models: readonly Model[]): string {
  return models.find(({ id }) => !chosen.includes(id))?.id ?? 'any'
}
