/**
 * What differs between generations of Claude and is in no catalogue of models. Read from
 * `capabilities` of Anthropic's own GET /v1/models (recorded July 2026) and from
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 */

export interface Abilities {
  /**
   * How it may be asked to think, the better way first: it decides how much, or is given a budget.
   */
  thinking: readonly ('adaptive' | 'enabled')[]
  /** The words for effort that it knows, from the least; none where effort is refused. */
  efforts: readonly string[]
  /** It cannot be told not to think. */
  alwaysThinks?: true
  /** Messages of the role `system` amid the conversation. */
  systemTurns?: true
  /** Set where it does not go on with what the assistant said last. */
  prefill?: false
  /** `output_config.format` and strict tools; absent where nothing is known. */
  schemas?: boolean
}

/** Other vendors' models that are served in this dialect know what Claude knew before 4.6. */
export const otherVendors: Abilities = { thinking: ['enabled'], efforts: [] }

const plainEfforts = ['low', 'medium', 'high']

/** The abilities of a Claude; undefined for any other model. */
export function abilitiesOf(model: string): Abilities | undefined {
  const generation = generationOf(model)
  if (generation === undefined) return undefined
  if (generation < 4.6) {
    // Opus 4.5 was the first to be told an effort.
    const efforts = generation === 4.5 && model.includes('opus') ? plainEfforts : []
    return { thinking: ['enabled'], efforts, schemas: generation > 4 }
  }
  // The first to decide for themselves could still be given a budget.
  if (generation < 4.7)
    return {
      thinking: ['adaptive', 'enabled'],
      efforts: [...plainEfforts, 'max'],
      prefill: false,
      schemas: true,
    }
  const always = /fable|mythos/.test(model)
  const efforts = [...plainEfforts, 'xhigh', 'max']
  return {
    thinking: ['adaptive'],
    efforts,
    prefill: false,
    schemas: true,
    ...(always && { alwaysThinks: true }),
    ...(generation >= 4.8 && { systemTurns: true }),
  }
}

/**
 * The generation in a model id, with whatever a reseller puts before or behind it:
 * `claude-opus-4-8`, `claude-sonnet-4.6`, `us.anthropic.claude-haiku-4-5-20251001-v1:0`, and
 * `claude-3-7-sonnet` of old.
 */
function generationOf(model: string): number | undefined {
  if (model.includes('claude-mythos-preview')) return 4.7
  const [, major, minor = '0'] = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d)(?!\d))?(?!\d)/.exec(model) ?? []
  return major === undefined ? undefined : Number(`${major}.${minor}`)
}
