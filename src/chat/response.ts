/** The canonical answer as a whole, and the fold that makes it from the events of a stream. */
import type { Finish, Usage } from './events.ts'
import type { AssistantPart } from './request.ts'
import type { Citation } from './citation.ts'
import type { Json } from './json.ts'

export interface ChatResponse {
  id: string
  /** The model that answered, as the provider names it. */
  model: string
  /** Milliseconds since the epoch. */
  createdAt: number
  choices: Choice[]
  /** Absent where the provider reported none. */
  usage?: Usage
}

export interface Choice {
  index: number
  content: AssistantPart[]
  finish: Finish
  /** Log probabilities in the form OpenAI gave them, the only form in use. */
  logprobs?: Json[]
  /** The sources of the answer; their places count in its texts, joined. */
  citations?: Citation[]
}
