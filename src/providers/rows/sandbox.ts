/** The sandbox: answers without a network, for a first try and for tests. */
import type { BuiltInProvider } from '../provider.ts'
import { sandboxModels } from '../sandbox/models.ts'

// It is what this repository makes it.
const checked = { asOf: '2026-11-30', source: 'https://sandbox.invalid' }

export const sandbox = {
  name: 'Sandbox',
  // Never called over a network: the pipeline answers this host itself.
  dialects: { 'openai-chat': 'https://sandbox.invalid/v1' },
  defaultModel: 'echo',
  models: sandboxModels,
  limitsPer: 'model',
  limitHeaders: [],
  checked: { row: checked, models: checked },
} satisfies BuiltInProvider
