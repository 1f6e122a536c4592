/** Why a key does not serve: the reason in words, what came before it, and when it is over. */
import type { Refusal } from '../api.ts'
import { reasonWords } from '../text/refusals.ts'
import { text } from '../text.ts'
import { Countdown } from './countdown.tsx'

export function RefusalWords({ refusal }: { refusal: Refusal }) {
  const { reason, also, verdict, detail, retryAt } = refusal
  const said = [verdict?.replaceAll('-', ' '), detail].filter(Boolean).join(': ')
  return (
    <>
      {reasonWords(reason)} {said && <q>{said}</q>}{' '}
      {retryAt !== null && (
        <>
          {text.refusal.overIn} <Countdown at={Date.parse(retryAt)} />.{' '}
        </>
      )}
      {also.length > 0 && `${text.refusal.also} ${also.map(reasonWords).join(' ')}`}
    </>
  )
}
