/**
 * Simulates a request: the key that would serve it, and the reasons against the others. The hub
 * sends no call and uses no quota.
 */
import { useState } from 'preact/hooks'
import { api, ask, type Explained } from '../../api.ts'
import { Countdown } from '../../parts/countdown.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { RefusalWords } from '../../parts/refusal.tsx'
import { useAction } from '../../state/action.ts'
import { useResource } from '../../state/resource.ts'
import { keysSource, useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/routes.ts'

/** @param asked the route that is asked about; absent where a person says it. */
export function Simulation({ asked }: { asked?: string }) {
  const [answer, setAnswer] = useState<Explained>()
  const simulate = useAction(async (form: HTMLFormElement) => {
    const ticked = (name: string): boolean => new FormData(form).has(name)
    const inputTokens = valueOf(form, 'inputTokens')
    const json = {
      tools: ticked('tools'),
      images: ticked('images'),
      jsonSchema: ticked('jsonSchema'),
      ...(inputTokens && { inputTokens: Number(inputTokens) }),
    }
    const name = asked ?? valueOf(form, 'asked').trim()
    // Names of models hold slashes, and this one stands in an address.
    const param = { name: encodeURIComponent(name) }
    setAnswer(await ask(api.api.routes[':name'].explain.$post({ param, json })))
  })
  return (
    <>
      <form class="simulation" onSubmit={onSubmit((form) => simulate.run(form))}>
        {asked === undefined && (
          <Field label={words.asked} name="asked" hint={words.askedHint} error={simulate.error}>
            {(control) => (
              <input {...control} required defaultValue="smart" autocomplete="off" spellcheck={false} />
            )}
          </Field>
        )}
        <Field label={words.inputTokens} name="inputTokens" optional error={simulate.error}>
          {(control) => <input {...control} type="number" min={0} placeholder={words.usual} />}
        </Field>
        <fieldset class="needs">
          <legend>{words.needs}</legend>
          {(['tools', 'images', 'jsonSchema'] as const).map((need) => (
            <label key={need} class="check">
              <input type="checkbox" name={need} /> {words[need]}
            </label>
          ))}
        </fieldset>
        <div>
          <button class="button" aria-disabled={simulate.busy}>
            {words.ask}
          </button>
          <p class="hint">{words.simulateHint}</p>
        </div>
      </form>
      <ErrorNotice error={simulate.error} fields={['asked', 'inputTokens']} />
      <div role="status">{answer && <Plan explained={answer} />}</div>
    </>
  )
}

function Plan({ explained }: { explained: Explained }) {
  const { pools, leftOut } = explained
  const nameOf = useProviderNames()
  return (
    <div class="plan">
      <Verdict explained={explained} />
      {pools.length > 0 && (
        <>
          <h3>{words.pools}</h3>
          <ol class="plan-pools">
            {pools.map((pool) => (
              <li key={`${pool.scope}/${pool.provider}/${pool.model}`}>
                <PoolPlan pool={pool} name={nameOf(pool.provider)} />
              </li>
            ))}
          </ol>
        </>
      )}
      {leftOut.length > 0 && (
        <>
          <h3>{words.leftOut}</h3>
          <ul class="plan-left-out">
            {leftOut.map(({ provider, model, reason }) => (
              <li key={`${provider}/${model}`}>
                <strong>{nameOf(provider)}</strong> {model && <code>{model}</code>} {reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function Verdict({ explained: { serves, retryAt, pools } }: { explained: Explained }) {
  const nameOf = useProviderNames()
  const keys = useResource(keysSource).data
  if (serves) {
    const key = keys?.find(({ id }) => id === serves.keyId)
    const named = key ? (key.name ? words.keyNamed(key.name) : key.masked) : words.sharedKey
    return (
      <p class="plan-verdict good">
        {words.serves(nameOf(serves.provider), serves.model ?? words.defaultModel)} {words.servesKey(named)}
      </p>
    )
  }
  if (pools.length === 0) return <p class="plan-verdict bad">{words.nobodyEver}</p>
  if (retryAt === null) return <p class="plan-verdict bad">{words.nobody}</p>
  return (
    <p class="plan-verdict bad">
      {words.nobodyUntil} <Countdown at={Date.parse(retryAt)} />.
    </p>
  )
}

/** As many refusals as are told: of five hundred keys most say the same. */
const mostRefusals = 10

function PoolPlan({ pool, name }: { pool: Explained['pools'][number]; name: string }) {
  const { model, scope, keyId, refusals } = pool
  const keys = useResource(keysSource).data
  const nameKey = (id: string): string => {
    const key = keys?.find((one) => one.id === id)
    return key ? (key.name ?? key.masked) : words.sharedKey
  }
  const hidden = refusals.length - mostRefusals
  return (
    <>
      <p>
        <strong>{name}</strong> {model !== null && <code>{model}</code>}{' '}
        <span class="quiet">
          {[
            model === null && words.defaultModel,
            scope === 'hub' && words.poolShared,
            keyId === null ? words.poolRests : words.poolServes,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </p>
      {refusals.length > 0 && (
        <details>
          <summary>{words.refusals(refusals.length)}</summary>
          <ul>
            {refusals.slice(0, mostRefusals).map((refusal) => (
              <li key={refusal.keyId}>
                <strong>{nameKey(refusal.keyId)}:</strong> <RefusalWords refusal={refusal} />
              </li>
            ))}
          </ul>
          {hidden > 0 && <p class="quiet">{words.moreRefusals(hidden)}</p>}
        </details>
      )}
    </>
  )
}
