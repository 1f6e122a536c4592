/**
 * The candidates of a route in their order: dragged by mouse, pen or finger, or moved with buttons,
 * which keep the focus so that one can press on.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useAnnounce } from '../../state/announce.ts'
import { type DraftCandidate, placeAt } from '../../state/route-draft.ts'
import { words } from '../../text/routes.ts'

interface CandidateListProps {
  candidates: readonly DraftCandidate[]
  nameOf: (provider: string) => string
  onMove: (id: number, to: number) => void
  onTake: (id: number) => void
}

export function CandidateList({ candidates, nameOf, onMove, onTake }: CandidateListProps) {
  const pressed = useRef<HTMLElement>()
  const announce = useAnnounce()
  const { list, dragged, ...dragging } = useDragging(onMove)
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
    <ol ref={list} class="candidates" {...dragging}>
      {candidates.map((candidate, index) => {
        const { id, provider, model } = candidate
        const name = model === undefined ? nameOf(provider) : `${nameOf(provider)} ${model}`
        return (
          <li key={id} data-id={id} class={id === dragged ? 'candidate dragged' : 'candidate'}>
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

/**
 * Moves a candidate with the pointer that holds it. The list captures the pointer, as a moved row
 * would lose it.
 */
function useDragging(onMove: (id: number, to: number) => void) {
  const list = useRef<HTMLOListElement>(null)
  const [dragged, setDragged] = useState<number>()
  const rows = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('.candidate') ?? [])]
  const end = (): void => setDragged(undefined)
  return {
    list,
    dragged,
    onPointerDown: (event: PointerEvent): void => {
      const id = heldBy(event)
      if (id === undefined) return
      setDragged(id)
      list.current?.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent): void => {
      if (dragged === undefined) return
      const others = rows().filter((row) => idOf(row) !== dragged)
      onMove(dragged, placeAt(event.clientY, others.map(middleOf)))
      // A long list goes along.
      rows()
        .find((row) => idOf(row) === dragged)
        ?.scrollIntoView({ block: 'nearest' })
    },
    onPointerUp: end,
    onPointerCancel: end,
  }
}

/**
 * The candidate that a pointer takes hold of: a mouse anywhere on it, a finger at its grip, for
 * elsewhere it scrolls the page.
 */
function heldBy({ target, button, pointerType }: PointerEvent): number | undefined {
  if (!(target instanceof Element) || button !== 0 || target.closest('button')) return undefined
  if (pointerType !== 'mouse' && !target.closest('.grip')) return undefined
  const row = target.closest<HTMLElement>('.candidate')
  return row ? idOf(row) : undefined
}

function idOf(row: HTMLElement): number {
  return Number(row.dataset['id'])
}

function middleOf(row: HTMLElement): number {
  const { top, height } = row.getBoundingClientRect()
  return top + height / 2
}
