/** The steps on bodies that go out, by dialect. */
import type { DialectId } from '../../domain/dialects.ts'
import { askForCache } from './anthropic-cache.ts'
import { leaveOutUnknown, withoutCacheMarks, withoutEmptyMembers } from './chat-members.ts'
import { leadWithSystem, separateToolsFromUser } from './chat-order.ts'
import { fillReasoning, signCalls } from './chat-reasoning.ts'
import { closeForClaude, closeForMistral } from './closing-turn.ts'
import { foldSystemTurns } from './anthropic-system.ts'
import { describeOwnFiles } from './files.ts'
import type { BodyStep } from './fit.ts'
import { forceWithoutThinking } from './forced-tools.ts'
import { openWithUser } from './gemini-opening.ts'
import { fitOwnNumbers } from './numbers.ts'
import { leaveOutReferences } from './item-references.ts'
import { carryOpenaiFields } from './openai-fields.ts'
import { withoutParsedItems, withoutParsedMessages } from './parsed-members.ts'
import { fitChatEffort, fitResponsesEffort } from './own-effort.ts'

export const bodySteps: Partial<Record<DialectId, readonly BodyStep[]>> = {
  'openai-chat': [
    leaveOutUnknown,
    describeOwnFiles,
    fitChatEffort,
    fitOwnNumbers,
    forceWithoutThinking,
    withoutParsedMessages,
    withoutEmptyMembers,
    withoutCacheMarks,
    leadWithSystem,
    separateToolsFromUser,
    closeForMistral,
    fillReasoning,
    signCalls,
  ],
  'openai-responses': [
    carryOpenaiFields,
    leaveOutReferences,
    fitResponsesEffort,
    fitOwnNumbers,
    forceWithoutThinking,
    withoutParsedItems,
    describeOwnFiles,
  ],
  anthropic: [askForCache, forceWithoutThinking, foldSystemTurns, closeForClaude, describeOwnFiles],
  gemini: [openWithUser],
}
