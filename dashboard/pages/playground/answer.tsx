/** An answer as it comes in, and how it was served. */
import { Facts } from '../../parts/facts.tsx'
import type { Trial } from './run.ts'
import { words } from '../../text/playground.ts'

interface AnswerProps {
  trial: Trial
  /** Tells answers apart that stand side by side. */
  label: string
  running: boolean
  nameOf: (provider: string) => string
}

export function Answer({ trial, label, running, nameOf }: AnswerProps) {
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
        <p class={running ? 'prose answering' : 'prose'} role="region" aria-label={label} aria-busy={running}>
          {answer || <span class="quiet">{words.waiting}</span>}
        </p>
      )}
      {!answer && trial.phase === 'done' && <p class="quiet">{words.silent}</p>}
      {facts.length > 0 && <Facts label={words.facts} facts={facts} />}
    </div>
  )
}
