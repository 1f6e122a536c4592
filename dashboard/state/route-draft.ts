/**
 * A route while it is being edited: its candidates, each with an identity, so that moving one is
 * not changing two. Pure.
 */

/** What a route says, as the hub tells it. */
interface RouteContent {
  order: string
  candidates: { provider: string; model?: string | undefined }[]
}

export interface DraftCandidate {
  id: number
  provider: string
  model?: string | undefined
}

export interface Draft {
  order: string
  candidates: DraftCandidate[]
  nextId: number
}

export function draftOf({ order, candidates }: RouteContent): Draft {
  return {
    order,
    candidates: candidates.map((candidate, id) => ({ ...candidate, id })),
    nextId: candidates.length,
  }
}

/** With the candidate at another place; the same draft where that is its own, or none. */
export function moveCandidate(draft: Draft, id: number, to: number): Draft {
  const from = draft.candidates.findIndex((candidate) => candidate.id === id)
  const moved = draft.candidates[from]
  if (!moved || to === from || to < 0 || to >= draft.candidates.length) return draft
  const others = draft.candidates.toSpliced(from, 1)
  return { ...draft, candidates: others.toSpliced(to, 0, moved) }
}

/**
 * Returns the place of a row dragged to a height, among rows with these middles. A row gives way
 * when its middle is passed, so that tall rows do not jump to and fro.
 */
export function placeAt(height: number, middles: readonly number[]): number {
  return middles.filter((middle) => middle < height).length
}

export function addCandidate(
  draft: Draft,
  candidate: { provider: string; model?: string | undefined },
): Draft {
  const { candidates, nextId } = draft
  return { ...draft, candidates: [...candidates, { ...candidate, id: nextId }], nextId: nextId + 1 }
}

export function takeOut(draft: Draft, id: number): Draft {
  return { ...draft, candidates: draft.candidates.filter((candidate) => candidate.id !== id) }
}

/** What the hub is told. */
export function contentOf({ order, candidates }: Draft): RouteContent {
  return {
    order,
    candidates: candidates.map(({ provider, model }) => ({
      provider,
      ...(model !== undefined && { model }),
    })),
  }
}

export function isChanged(draft: Draft, { order, candidates }: RouteContent): boolean {
  return JSON.stringify(contentOf(draft)) !== JSON.stringify(contentOf(draftOf({ order, candidates })))
}
