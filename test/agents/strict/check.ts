/** The strictness of a vendor, for a body in any of its dialects. */
import type { DialectId } from '../../../src/domain/dialects.ts'
import type { JsonObject } from '../../../src/chat/json.ts'
import type { Vendor } from '../vendors.ts'
import { checkChat } from './chat.ts'
import { checkCohere } from './cohere.ts'
import { checkGemini } from './gemini.ts'
import { checkMessages } from './messages.ts'
import { Refusal } from './refusal.ts'
import { checkResponses } from './responses.ts'

/**
 * Refuses what the vendor would refuse.
 * @param account the key with which it is called: state that was sealed for another is refused.
 * @throws {Refusal} in the vendor's words.
 */
export function check(dialect: DialectId, body: JsonObject, vendor: Vendor, account: string): void {
  switch (dialect) {
    case 'openai-chat':
      return checkChat(body, vendor)
    case 'openai-responses':
      return checkResponses(body, vendor, account)
    case 'anthropic':
      return checkMessages(body, vendor, account)
    case 'gemini':
      return checkGemini(body, vendor, account)
    case 'cohere':
      return checkCohere(body, vendor)
    default:
      throw new Refusal(`There is no scripted vendor of ${dialect}.`, { status: 404 })
  }
}
