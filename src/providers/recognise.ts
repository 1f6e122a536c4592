/**
 * Whose key a text is, by the shape that providers give to theirs. For the import of many keys, and
 * for the dashboard while one is typed: it depends on nothing that would not fit into a browser.
 * Pure.
 */
import type { ProviderId } from './catalog.ts'

export type Recognition =
  | { type: 'known'; provider: ProviderId; because: string }
  /** The shape is that of several providers: which one it is, somebody has to say. */
  | { type: 'ambiguous'; providers: readonly ProviderId[]; because: string }
  /** It is a credential of a kind that cannot serve as a key here. */
  | { type: 'unusable'; because: string }
  | { type: 'unknown' }

interface Shape {
  pattern: RegExp
  /** How the shape is called where it is explained. */
  because: string
  /** Whose keys have it; none where such a credential makes no calls. */
  providers: readonly ProviderId[]
}

/** In this order: what is longer or rarer comes before what it begins with. */
const shapes: readonly Shape[] = [
  shape(/^sk-ant-admin/, 'begins with "sk-ant-admin": admin keys can’t call models'),
  shape(/^sk-ant-oat/, 'begins with "sk-ant-oat": a login token, not an API key'),
  shape(/^sk-ant-/, 'begins with "sk-ant-"', 'anthropic'),
  shape(/^sk-or-/, 'begins with "sk-or-"', 'openrouter'),
  shape(/^sk-admin-/, 'begins with "sk-admin-": admin keys can’t call models'),
  shape(/^sk-proj-/, 'begins with "sk-proj-"', 'openai'),
  shape(/^sk-svcacct-/, 'begins with "sk-svcacct-"', 'openai'),
  // "OpenAI" in base64, which stands in the middle of each of their older keys.
  shape(/^sk-\w*T3BlbkFJ/, 'contains "T3BlbkFJ", like OpenAI keys', 'openai'),
  shape(/^gsk_/, 'begins with "gsk_"', 'groq'),
  shape(/^AIza[\w-]{30,}$/, 'begins with "AIza"', 'gemini'),
  shape(/^hf_/, 'begins with "hf_"', 'huggingface'),
  shape(/^nvapi-/, 'begins with "nvapi-"', 'nvidia'),
  shape(/^xai-/, 'begins with "xai-"', 'xai'),
  shape(/^csk-/, 'begins with "csk-"', 'cerebras'),
  shape(/^fw_/, 'begins with "fw_"', 'fireworks'),
  shape(/^tgp_v\d_/, 'begins with "tgp_"', 'together'),
  shape(/^(?:ghp|gho|ghu)_/, 'is a GitHub token', 'github'),
  shape(/^github_pat_/, 'begins with "github_pat_"', 'github'),
  shape(/^[0-9a-f]{32}:\S+$/i, 'is a Cloudflare account id with a token', 'workers-ai'),
  shape(/^llm_/, 'begins with "llm_": a hub token, not a provider key'),
  shape(/^sk-/, 'begins with "sk-", like the keys of several providers', 'openai', 'deepseek'),
  shape(/^[0-9a-f]{64}$/, 'has 64 hexadecimal digits, like older Together keys', 'together'),
  shape(/^[A-Za-z0-9]{32}$/, 'has 32 letters and digits, like Mistral keys', 'mistral'),
  shape(/^[A-Za-z0-9]{40}$/, 'has 40 letters and digits, like Cohere keys', 'cohere'),
]

/** Shapes that many other things have too: they make a provider likely, and no more. */
const vague: ReadonlySet<ProviderId> = new Set(['together', 'mistral', 'cohere'])

/** Whose key this is, and by what it is known. The text itself is never part of the answer. */
export function recogniseKey(text: string): Recognition {
  const secret = text.trim()
  const found = shapes.find(({ pattern }) => pattern.test(secret))
  if (!found) return { type: 'unknown' }
  const { providers, because } = found
  const [provider] = providers
  if (provider === undefined) return { type: 'unusable', because }
  if (providers.length === 1 && !(vague.has(provider) && /^[A-Za-z0-9]+$/.test(secret))) {
    return { type: 'known', provider, because }
  }
  return { type: 'ambiguous', providers, because }
}

function shape(pattern: RegExp, because: string, ...providers: ProviderId[]): Shape {
  return { pattern, because, providers }
}
