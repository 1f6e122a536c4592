/**
 * What errors mean by their words, where structure says nothing. The words are the provider's own:
 * everything that the client sent has been taken out. They choose between request, model, account,
 * region and unknown, and never blame a key or a provider. The first rule that matches decides.
 */
import type { ErrorRule } from './provider.ts'
import { removed } from './client-words.ts'

/** Words that a request is too long for the model. */
export const contextTooLong =
  /context[_ -]?(?:length|window|size)|maximum context|max(?:imum)? context|prompt (?:is )?too long|input (?:is )?too long|too[_ ]many[_ ](?:prompt[_ ])?tokens|input token count .{0,80}exceeds|tokens_limit_reached|request body too large for .{0,80}model|total length of all messages is too long|model_max_prompt_tokens/i

/** Words that the content of a request, or of its answer, is against the provider's rules. */
export const contentPolicy =
  /content (?:management )?policy|usage (?:polic(?:y|ies)|guidelines)|violat(?:es|ed|ing|ion)\b|safety (?:system|policy|check)|SAFETY_CHECK|flagged|moderation/i

const noCredit =
  /insufficient (?:account )?(?:balance|credits?|funds|quota)|(?:credit|account) balance is (?:too low|depleted|not enough|insufficient)|credit limit exceeded|out of credits?|(?:used|exhausted) all (?:available |of your )?credits|exceeded your .{0,40}credits|any credits|no credits? (?:left|remaining)|(?:monthly|daily|budget|spend(?:ing)?) (?:spend(?:ing)? |budget )?limit (?:\w+ )?(?:reached|exceeded)|reached (?:its|your) .{0,40}spending limit|monthly spending limit|past invoices|payment (?:is )?required|billing (?:hard limit|is not active|not active)|inactive subscription|credits? (?:are|is|has been) (?:depleted|exhausted)/i

// The account itself is closed, and not one of its features: vendors begin with it, in the passive.
const closedAccount = new RegExp(
  String.raw`(?:^|[.:!]\s{1,4})(?:(?:the|this|your|an?) )?(?:\w{1,40} )?(?:account|organi[sz]ation|project|team|workspace)` +
    // Its id, or the key that it belongs to.
    String.raw`(?: associated with (?:this|your|the) (?:api )?key| (?!tool|search|feature|model|file|setting|polic|access|admin|owner)[^\s.,;:]{1,80})?` +
    String.raw` (?:is|was|has been)(?: \w{1,20}ly)? (?:suspended|deactivated|disabled|terminated|blocked|restricted)` +
    String.raw`(?=\s{0,4}(?:[.,;!()]|$)|\s(?:due|because|possibly|and|please|until|pending|for (?:non-?payment|violat|abus|fail)))`,
  'i',
)

// A sentence on a model's parameter, tool or header says nothing about the model itself.
const ofModel = String.raw`\bmodels?\b(?:(?!support|param|field|option|header|beta|tool|feature)[^;]){0,60}\b`

const gone = new RegExp(
  String.raw`${ofModel}(?:(?:has been|have been|was|were|is|are) (?:deprecated|decommissioned|retired|removed|discontinued|shut down)|no longer (?:available|supported)|end[- ]of[- ]life)|reached (?:its|their) end[- ]of[- ]life`,
  'i',
)

const noSuchModel = new RegExp(
  String.raw`${ofModel}(?:does not exist|do not exist|not exist|not found|(?:is|are) not available(?! (?:with|for|when|in|on|via)\b))|not a valid model|\b(?:invalid|unknown|no such|unsupported) model\b|supported (?:API )?model names are|(?:not have|without|no|access) (?:access )?to (?:the |this )?(?:requested )?models?\b|models/\S* or it may not exist|gated (?:repo|model)`,
  'i',
)

/** A limit of one model; its name may have been taken out as the client's word. */
const modelsLimit = new RegExp(
  String.raw`\blimit (?:(?:reached|exceeded) for (?:(?:the |this )?model\b|${removed})|(?:specific to|for|of) (?:the|this) (?:requested )?model\b)`,
  'i',
)

/** A 403 that says that a model is closed, and not only that it is used with something that is. */
const closedModel = new RegExp(
  String.raw`(?:^|[.:!]\s{1,4})(?:(?:the|this|your|requested) ){0,2}model(?: \S{1,100})? (?:is|has been)(?: \w{1,20}ly)? (?:blocked|disabled|restricted|not (?:enabled|allowed|permitted|accessible|authori[sz]ed))(?=\s{0,4}(?:[.,;!()]|$)| (?:at|by|in|for) (?:the|this|your) (?:project|organi[sz]ation|account|team|workspace|key|plan|tier)\b)` +
    String.raw`|(?:not|n't) (?:allowed|permitted|authori[sz]ed|entitled|able) to (?:use|access|call|invoke) (?:the |this )?(?:requested )?model(?: \S{1,100})?\s{0,4}(?:[.,;!()]|$)`,
  'i',
)

/**
 * A 403 about something that the request refers to, or a feature that it or its headers ask for.
 */
const closedPart =
  /(?:access|permission).{0,40}\b(?:files?|cached ?contents?|vector.?stores?|conversation|response|container)\b|\bbetas?\b|\b(?:tools?|web search|file search|code (?:execution|interpreter)|computer use|image generation|connectors?|skills?|mcp)\b.{0,40}\b(?:disabled|blocked|restricted|enabled|allowed|permitted|available)\b|\b(?:disabled|blocked|restricted|enabled?|allow(?:s|ed)?|permitted)\b.{0,40}\b(?:tools?|web search|file search|code (?:execution|interpreter)|computer use|image generation|connectors?|skills?|mcp)\b/i

/** What else a chat request may name that is not found. */
const foundNothingElse =
  /\b(?:files?|response|conversation|container|vector.?store|item|prompt template|tool|image|batch|thread|document|session|reference)\b|cached ?content/i

export const wordRules: readonly ErrorRule[] = [
  // Larger than the whole minute's quota of this tier (Groq 413, OpenAI 429): it never fits this
  // account, and may fit another. Nothing rests for it.
  {
    status: [413, 429],
    message: /request too large.{0,200}(?:tokens per min|TPM)/i,
    verdict: 'larger-than-window',
    blame: 'model',
  },
  { status: [400, 413, 422], message: contextTooLong, verdict: 'context-too-long', blame: 'request' },

  {
    status: [400, 403, 451],
    message:
      /country, region, or territory|location is not supported|not (?:available|supported) in your (?:country|region|location)/i,
    verdict: 'region',
    blame: 'region',
  },
  // The address that the call left from is throttled or shut out (Cloudflare's 1015, 1020;
  // providers' own words): no key is at fault.
  {
    status: [401, 403, 429, 503],
    message:
      /\b(?:your|this|the|client) ip(?: address)?\b|\bip address (?:has|is|was)\b|error code:? 10(?:0[6-8]|15|20)\b/i,
    verdict: 'blocked',
    blame: 'region',
  },

  // Before the wordings of policy and of empty accounts: a sentence on a closed one holds both.
  { status: [400, 401, 402, 403, 412], message: closedAccount, verdict: 'suspended', blame: 'account' },
  { status: [400, 403, 422], message: contentPolicy, verdict: 'content-policy', blame: 'request' },
  { status: [400, 401, 402, 403, 412, 429], message: noCredit, verdict: 'no-credit', blame: 'account' },

  { status: [400, 401, 403, 404, 410, 422], message: gone, verdict: 'gone', blame: 'model' },
  {
    status: [400, 401, 403, 404, 410, 422],
    message: noSuchModel,
    verdict: 'no-such-model',
    blame: 'model',
  },
  {
    status: [401, 403],
    message: /missing scopes?|insufficient permissions?/i,
    verdict: 'forbidden',
    blame: 'model',
  },
  { status: 403, message: /rate limit/i, verdict: 'rate-limited', blame: 'account' },
  // OpenAI, Groq, Together and who copies them name the model whose limit was hit.
  { status: 429, message: modelsLimit, verdict: 'rate-limited', blame: 'model' },
  // Some servers say by 503 that no channel serves the model:
  // https://github.com/QuantumNous/new-api
  { status: 503, message: /no available channel for model/i, verdict: 'no-such-model', blame: 'model' },
  {
    status: 429,
    message: /(?:over|out of) capacity|capacity exceeded|overloaded/i,
    verdict: 'overloaded',
    blame: 'model',
  },

  // A web page is not the API: a firewall or a block by country in front of it answered.
  {
    status: 403,
    message: /^\s*<|error code: 1\d{3}|attention required/i,
    verdict: 'blocked',
    blame: 'region',
  },
  { status: 403, message: closedPart, verdict: 'unsupported', blame: 'request' },
  { status: 403, message: closedModel, verdict: 'not-in-tier', blame: 'model' },
  { status: 404, message: /^\s*<|page not found/i, verdict: 'no-such-address', blame: 'unknown' },
  { status: 404, message: foundNothingElse, verdict: 'not-found', blame: 'request' },
]
