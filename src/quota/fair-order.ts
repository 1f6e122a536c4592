/**
 * The order of waiting requests: round by round between people, and round by round between the
 * tokens of each person. Pure.
 *
 * A person has one turn a round, however many tokens and requests they have. A newcomer joins the
 * round that is being served, so that they go before anyone's next turn.
 */

/** What the order is made from. */
export interface Waiter {
  user: string
  /** The token, or the person's session. */
  waiter: string
  /** Rises with each request that waits. */
  turn: number
}

/** The round that is being served, and the next round of each name that has had its turn in it. */
interface Rounds {
  current: number
  next: ReadonlyMap<string, number>
}

/** Who has had their turn: people among each other, and the tokens of each person. */
export interface Turns {
  people: Rounds
  tokens: ReadonlyMap<string, Rounds>
}

const firstRound: Rounds = { current: 0, next: new Map() }
export const noTurns: Turns = { people: firstRound, tokens: new Map() }

/** Sorts waiting requests into the order in which they are served. */
export function inOrder<W extends Waiter>(waiting: Iterable<W>, turns: Turns): W[] {
  const ofPeople = Map.groupBy([...waiting].toSorted(byTurn), ({ user }) => user)
  const line = [...ofPeople].flatMap(([user, requests]) => {
    const ofPerson = byRound(requests, ({ waiter }) => waiter, turns.tokens.get(user) ?? firstRound)
    return ofPerson.map((request, index) => ({
      request,
      round: nextRound(turns.people, user) + index,
    }))
  })
  return line
    .toSorted((a, b) => a.round - b.round || byTurn(a.request, b.request))
    .map(({ request }) => request)
}

/** Notes that a person has had a turn with one of their tokens. */
export function afterTurn(turns: Turns, { user, waiter }: Pick<Waiter, 'user' | 'waiter'>): Turns {
  const tokens = new Map(turns.tokens)
  tokens.set(user, afterRound(turns.tokens.get(user) ?? firstRound, waiter))
  return { people: afterRound(turns.people, user), tokens }
}

/**
 * Forgets the turns of people who no longer wait: between their tokens there is nothing to share.
 */
export function turnsOf(turns: Turns, users: ReadonlySet<string>): Turns {
  if (users.size === 0) return noTurns
  return { ...turns, tokens: new Map([...turns.tokens].filter(([user]) => users.has(user))) }
}

function byRound<W extends Waiter>(requests: W[], nameOf: (request: W) => string, rounds: Rounds): W[] {
  const next = new Map<string, number>()
  const numbered = requests.map((request) => {
    const name = nameOf(request)
    const round = next.get(name) ?? nextRound(rounds, name)
    next.set(name, round + 1)
    return { request, round }
  })
  return numbered
    .toSorted((a, b) => a.round - b.round || byTurn(a.request, b.request))
    .map(({ request }) => request)
}

function nextRound({ current, next }: Rounds, name: string): number {
  return Math.max(current, next.get(name) ?? 0)
}

function afterRound(rounds: Rounds, name: string): Rounds {
  const round = nextRound(rounds, name)
  // A name that is not listed has not had its turn in the current round.
  const later = [...rounds.next].filter(([, next]) => next > round)
  return { current: round, next: new Map([...later, [name, round + 1]]) }
}

function byTurn(a: Waiter, b: Waiter): number {
  return a.turn - b.turn
}
