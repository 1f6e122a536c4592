/**
 * Members of a Chat body that strict servers refuse: empty ones, marks for Anthropic's cache, and
 * fields of other vendors.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { BodyStep } from './fit.ts'
import { mapMember } from '../map-member.ts'
import { withoutMembers } from '../without-members.ts'
import { openaiOnly } from './openai-only.ts'
import type { Profile } from './profile.ts'

/**
 * Whether a body is to be held to what its row takes: a client's own words to a row that nothing is
 * known of are not.
 */
function isHeld({ isKnownRow, isTranslated, isExact }: Profile): boolean {
  return isKnownRow || isTranslated || !isExact
}

/**
 * OpenAI's SDKs hand an answer back with all of its members: `refusal: null`, `annotations: []`,
 * `audio: null`. They say nothing, and servers that forbid extra members refuse them. A null
 * `content` is a value; an empty list of parts, as LangChain has it beside calls, is refused.
 */
export const withoutEmptyMembers: BodyStep = (body, profile) => {
  if (profile.quirks.emptyMembers || !isHeld(profile)) return body
  return mapMember(body, 'messages', (message) => {
    const isEmpty = (name: string): boolean => {
      const value = message[name]
      return name !== 'content' && (value === null || (Array.isArray(value) && value.length === 0))
    }
    const bare = withoutMembers(message, Object.keys(message).filter(isEmpty))
    const { content } = bare
    return Array.isArray(content) && content.length === 0 ? { ...bare, content: null } : bare
  })
}

/**
 * Marks for Anthropic's cache, which clients put on Chat messages for models that are named like a
 * Claude.
 */
export const withoutCacheMarks: BodyStep = (body, profile, dropped) => {
  if (profile.quirks.takes?.includes('cache_control') || !isHeld(profile)) return body
  const unmark = (item: JsonObject): JsonObject => withoutMembers(item, ['cache_control'])
  let bare = unmark(body)
  bare = mapMember(bare, 'messages', (message) => mapMember(unmark(message), 'content', unmark))
  bare = mapMember(bare, 'tools', unmark)
  if (bare !== body) dropped.push('cache_control')
  return bare
}

/**
 * Fields that only some vendors know, where a route led to another model than the client had in
 * mind.
 */
export const leaveOutUnknown: BodyStep = (body, { quirks, isTranslated, isExact, isKnownRow }, dropped) => {
  if (isTranslated || isExact) return body
  const unknown = [
    ...(quirks.takes?.includes('top_k') ? [] : ['top_k']),
    // What a built-in row refuses of these, it says.
    ...(isKnownRow ? [] : openaiOnly),
  ]
  const set = unknown.filter((name) => body[name] !== undefined)
  dropped.push(...set.filter((name) => body[name] !== null))
  return withoutMembers(body, set)
}
