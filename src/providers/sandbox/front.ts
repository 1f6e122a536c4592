/**
 * How a dialect is spoken to the sandbox. It is written apart from `dialects/`, so that one is a
 * check on the other.
 */
import type { ChatEvent, Complaint } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { ChatResponse } from '../../chat/response.ts'
import type { Ask } from './ask.ts'

export interface Front {
  /** Whether a call is in this dialect. */
  speaks(method: string, pathname: string): boolean
  /** @throws {SandboxRefusal} for what a provider would refuse. */
  readAsk(body: unknown): Ask
  renderWhole(response: ChatResponse): JsonObject
  /** The stream's texts, one for each time that something is sent. */
  renderStream(events: readonly ChatEvent[], ask: Ask): string[]
  renderError(complaint: Complaint): JsonObject
  /**
   * The list of models, or one of them.
   * @throws {SandboxRefusal} where there is none of that name.
   */
  renderModels(pathname: string): JsonObject
}
