/**
 * Can I send now? How much quota is left, and when does it reset? New users see the first steps.
 */
import { useMemo, useRef } from 'preact/hooks'
import { Bar } from '../parts/bar.tsx'
import { Card } from '../parts/card.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Countdown } from '../parts/countdown.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { mostWires, Switchboard } from '../parts/switchboard.tsx'
import type { Pool, Token } from '../api.ts'
import { useArrival } from '../state/arrival.ts'
import { useNow } from '../state/clock.ts'
import { useIdle } from '../state/idle.ts'
import { isUsedBy, limitedWindows, sumOverPools, usedToday } from '../state/pool-sums.ts'
import { nothing, type Resource, useResource } from '../state/resource.ts'
import { keysSource, poolsSource, tokensSource, useProviderNames } from '../state/sources.ts'
import { type Readiness, readinessOf, sampleOf, stands, wiresOf } from '../state/key-status.ts'
import { text } from '../text.ts'
import { words } from '../text/overview.ts'
import { HappenedCard, useRecentUsage } from './overview/happened-card.tsx'
import { type Health } from '../state/health.ts'
import { HealthCard } from './overview/health-card.tsx'
import { RoutesCard } from './overview/routes-card.tsx'
import { useHealth } from './overview/use-health.ts'
import { troubleWords, Warnings } from './overview/warnings.tsx'
import type { PageProps } from './index.ts'
import './overview.css'

export default function OverviewPage({ person }: PageProps) {
  const page = useArrival<HTMLDivElement>(text.pages.overview)
  const tokens = useResource(tokensSource)
  const recent = useRecentUsage()
  const pools = useResource(poolsSource)
  const readiness = useReadiness(pools.data)
  // The old figures stay until those of another span have loaded.
  const wasKnown = useRef(false)
  wasKnown.current ||= isKnown(recent.usage)
  // The lower parts of the page load last.
  const atLeisure = useIdle()
  const serving = useMemo(() => (pools.data ?? []).filter(stands), [pools.data])
  const health = useHealth(serving, atLeisure, recent.usage.reload)
  // Where no key is yet, the place of the first one is drawn.
  const wires = serving.length > 0 ? sampleOf(wiresOf(serving), mostWires) : (['disabled'] as const)
  return (
    <div ref={page} class="page overview">
      <section class="overview-now">
        <div>
          <h1 tabIndex={-1} class={`readiness readiness-${readiness?.type ?? 'unknown'}`}>
            {readiness ? (
              <ReadinessWords readiness={readiness} health={health} />
            ) : (
              words.readiness[pools.error ? 'failed' : 'loading']
            )}
          </h1>
          <ErrorNotice error={readiness ? undefined : pools.error} />
          {!readiness && pools.error && (
            <button type="button" class="button" onClick={() => void pools.reload()}>
              {text.retry}
            </button>
          )}
          {tokens.data && readiness && (
            <FirstSteps
              hasKey={readiness.type !== 'no-keys'}
              tokens={tokens.data}
              hasAsked={
                recent.usage.data?.whole !== undefined || serving.some((pool) => isUsedBy(pool, person.id))
              }
            />
          )}
        </div>
        <Switchboard wires={wires} />
      </section>
      {/* The parts below appear after those above, so that nothing moves while it is read. */}
      {isKnown(tokens) && readiness && (
        <>
          <Warnings
            person={person}
            troubles={health.troubles}
            pools={pools.data ?? []}
            tokens={tokens.data ?? []}
            isIdle={atLeisure}
          />
          <PoolsCard pools={pools} />
          {/* A new user has no more data to show. */}
          {readiness.type !== 'no-keys' && (
            <>
              <HappenedCard {...recent} />
              {wasKnown.current && atLeisure && (
                <div class="overview-pair">
                  <RoutesCard pools={pools.data ?? []} />
                  <HealthCard />
                </div>
              )}
            </>
          )}
        </>
      )}
    </div>
  )
}

function isKnown({ data, error }: Resource<unknown>): boolean {
  return data !== undefined || error !== undefined
}

function ReadinessWords({ readiness, health }: { readiness: Readiness; health: Health }) {
  const nameOf = useProviderNames()
  const [trouble] = health.troubles
  const canServe = readiness.type === 'ready' || readiness.type === 'shared'
  if (canServe && health.state !== 'operational' && trouble) {
    return `${words.health.states[health.state]} · ${troubleWords(trouble, nameOf)}`
  }
  switch (readiness.type) {
    case 'no-keys':
      return words.readiness.noKeys
    case 'shared':
      return words.readiness.shared
    case 'ready':
      return words.readiness.ready(readiness.usable, readiness.total)
    case 'resting':
      return <Resting until={readiness.until} />
    case 'blocked':
      return words.readiness.blocked
  }
}

function Resting({ until }: { until: number }) {
  const now = useNow('second')
  return words.readiness.resting(until - now)
}

/**
 * Undefined until it is known. Whether keys were switched off or never added, the pools do not
 * tell.
 */
function useReadiness(pools: readonly Pool[] | undefined): Readiness | undefined {
  const readiness = pools && readinessOf(pools)
  const keys = useResource(readiness?.type === 'no-keys' ? keysSource : nothing).data
  if (readiness?.type !== 'no-keys') return readiness
  return keys && (keys.length > 0 ? { type: 'blocked' } : readiness)
}

interface FirstStepsProps {
  hasKey: boolean
  tokens: readonly Token[]
  hasAsked: boolean
}

/** Shown until all of it is done. */
function FirstSteps({ hasKey, tokens, hasAsked }: FirstStepsProps) {
  const used = hasAsked || tokens.some(({ lastUsedAt }) => lastUsedAt !== null)
  const steps = [
    { href: '/keys', words: words.steps.key, done: hasKey },
    { href: '/tokens', words: words.steps.token, done: tokens.length > 0 },
    { href: '/playground', words: words.steps.request, done: used },
  ]
  if (steps.every(({ done }) => done)) return null
  return (
    <ol class="steps" aria-label={words.steps.title}>
      {steps.map((step) => (
        <li key={step.href} class={step.done ? 'step done' : 'step'}>
          <a href={step.href}>{step.words}</a>
          {step.done && <span class="visually-hidden"> ({words.steps.done})</span>}
        </li>
      ))}
    </ol>
  )
}

/** Pools in which something is, one beside the other. */
function PoolsCard({ pools }: { pools: Resource<Pool[]> }) {
  const nameOf = useProviderNames()
  const isShown = (pool: Pool): boolean => stands(pool) && !isEmpty(pool)
  if (!pools.data?.some(isShown)) return null
  return (
    <Card title={words.left.title}>
      <ResourceView resource={pools}>
        {(data) => (
          <>
            <Together pools={data.filter(isShown)} />
            <ul class="pools">
              {data.filter(isShown).map((pool) => (
                <li key={`${pool.scope}/${pool.provider}`}>
                  <PoolView pool={pool} name={nameOf(pool.provider)} />
                </li>
              ))}
            </ul>
          </>
        )}
      </ResourceView>
    </Card>
  )
}

/** What several pools have left together, where more than one has a limit of the kind. */
function Together({ pools }: { pools: readonly Pool[] }) {
  const windows = sumOverPools(pools)
  if (windows.length === 0) return null
  return (
    <div class="pools-together">
      {windows.map((window) => (
        <Bar
          key={`${window.unit}/${window.per}`}
          {...window}
          label={words.left.together(text.bar.window(window.unit, window.per))}
        />
      ))}
    </div>
  )
}

function PoolView({ pool, name }: { pool: Pool; name: string }) {
  const { keys } = pool
  const windows = limitedWindows(pool)
  return (
    <>
      <h3>
        {name} {pool.scope === 'hub' && <span class="quiet">{words.left.shared}</span>}
      </h3>
      <p class="hint">
        {words.left.keys(keys.active, keys.cooling, keys.quarantined)}
        {pool.nextFreeAt && (
          <>
            {' '}
            {words.left.backIn} <Countdown at={Date.parse(pool.nextFreeAt)} />
          </>
        )}
      </p>
      {pool.dryAt && (
        <p class="hint">
          {words.left.dry} <Countdown at={Date.parse(pool.dryAt)} />
        </p>
      )}
      {windows.map((window) => (
        <Bar key={`${window.unit}/${window.per}`} {...window} />
      ))}
      {windows.length === 0 && (
        <p class="hint">
          {words.left.unlimited(usedToday(pool))}
          {pool.scope === 'user' && (
            <>
              {' · '}
              <a href="/keys">{words.left.addLimit}</a>
            </>
          )}
        </p>
      )}
    </>
  )
}

function isEmpty({ keys }: Pool): boolean {
  return keys.active + keys.cooling + keys.quarantined + keys.disabled === 0
}
