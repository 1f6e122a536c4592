/** The candidates of a route in their order: dragged, or moved with buttons, which keep the focus so that one can press on. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useAnnounce } from '../../state/announce.ts'
import type { DraftCandidate } from '../../state/route-draft.ts'
import { words } from '../../text/routes.ts'

interface CandidateListProps {
  candidates: readonly DraftCandidate[]
  nameOf: (provider: string) => string
  onMove: (id: number, to: number) => void
  onTake: (id: number) => void
}

export function CandidateList({ candidates, nameOf, onMove, onTake }: CandidateListProps) {
  const [dragged, setDragged] = useState<number>()
  const pressed = useRef<HTMLElement>()
  const announce = useAnnounce()
  // An element that is moved about in its list loses the focus.
  useLayoutEffect(() => {
    pressed.current?.focus()
    pressed.current = undefined
  }, [candidates])
  const move = ({ id, provider }: DraftCandidate, to: number, button: HTMLElement): void => {
    if (to < 0 || to >= candidates.length) return
    pressed.current = button
    onMove(id, to)
    announce(words.moved(nameOf(provider), to + 1, candidates.length))
  }
  return (
    <ol class="candidates">
      {candidates.map((candidate, index) => {
        const { id, provider, model } = candidate
        const name = model === undefined ? nameOf(provider) : `${nameOf(provider)} ${model}`
        return (
          <li
            key={id}
            class={id === dragged ? 'candidate dragged' : 'candidate'}
            draggable
            onDragStart={(event) => {
              setDragged(id)
              event.dataTransfer?.setData('text/plain', name)
            }}
            onDragEnd={() => setDragged(undefined)}
            onDragOver={(event) => {
              if (dragged === undefined) return
              event.preventDefault()
              if (dragged !== id) onMove(dragged, index)
            }}
            onDrop={(event) => event.preventDefault()}
          >
            <span class="grip" aria-hidden="true" />
            <span class="candidate-name">
              <strong>{nameOf(provider)}</strong>{' '}
              {model === undefined ? <span class="quiet">{words.defaultModel}</span> : <code>{model}</code>}
            </span>
            <span class="candidate-actions">
              <button
                type="button"
                class="button small"
                aria-label={words.up(name)}
                aria-disabled={index === 0}
                onClick={(event) => move(candidate, index - 1, event.currentTarget)}
              >
                ↑
              </button>
              <button
                type="button"
                class="button small"
                aria-label={words.down(name)}
                aria-disabled={index === candidates.length - 1}
                onClick={(event) => move(candidate, index + 1, event.currentTarget)}
              >
                ↓
              </button>
              <button
                type="button"
                class="button small"
                aria-label={words.take(name)}
                onClick={() => onTake(id)}
              >
                ×
              </button>
            </span>
          </li>
        )
      })}
    </ol>
  )
}
