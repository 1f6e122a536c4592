/**
 * Names of members by which a request refers to what a provider keeps for an account, as plain
 * names, by vendor. Data: a new API is a word in here. One list holds for all dialects, since
 * servers take members of one another.
 */

const byVendor = {
  /**
   * https://platform.openai.com/docs/api-reference/responses/create, /conversations, /containers,
   * /assistants, /evals
   */
  openai: [
    'approvalrequestid',
    'audioid',
    'conversation',
    'conversations',
    'itemid',
    'previousmessageid',
    'previousresponse',
    'referencedimageids',
    'responseid',
    'uploadid',
    'videoid',
    'workflowid',
  ],
  /**
   * https://platform.claude.com/docs/en/build-with-claude/files, /agents-and-tools/agent-skills,
   * /managed-agents
   */
  anthropic: ['environmentid', 'vaultid', 'vaultids'],
  /**
   * https://ai.google.dev/api/caching, /files, /file-search/file-search-stores, /interactions;
   * Vertex AI's RAG
   */
  gemini: [
    'cachedcontent',
    'cachedcontents',
    'corpora',
    'corpus',
    'datastore',
    'datastores',
    'datastorespecs',
    'filesearchstores',
    'ragcorpora',
    'ragcorpus',
    'ragfileids',
    'ragresources',
  ],
  /** https://docs.x.ai/docs/guides/using-collections */
  xai: ['collections', 'deferredrequestid'],
  /** https://openrouter.ai/docs/features/presets: a preset is the account's, with its prompt */
  openrouter: ['preset'],
  /** https://docs.mistral.ai/agents: agents, libraries, connectors */
  mistral: ['documentlibraries'],
  /** Azure's data sources; Bedrock's knowledge bases, guardrails and prompts */
  clouds: ['datasources', 'guardrailidentifier', 'promptarn', 'promptidentifier'],
  /**
   * Z.ai's knowledge, Alibaba's applications, Volcengine's and Moonshot's contexts, Cohere's
   * documents
   */
  others: [
    'contextid',
    'documentid',
    'documentids',
    'pipelineid',
    'pipelineids',
    'ragoptions',
    'parentmessageid',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>

const stateNames: ReadonlySet<string> = new Set(Object.values(byVendor).flat())

/**
 * Things that accounts have at one vendor or another; `file_id`, `input_file_ids` and
 * `customSkillId` name some.
 */
const keptThings = [
  'agent',
  'assistant',
  'batch',
  'cache',
  'cachedcontent',
  'collection',
  'connector',
  'container',
  'conversation',
  'corpus',
  'dataset',
  '(?<!pro)file',
  'image',
  'interaction',
  'knowledge',
  'knowledgebase',
  'library',
  'media',
  'memory',
  'previousresponse',
  'prompt',
  'sandbox',
  'session',
  'skill',
  'store',
  'storedcompletion',
  'thread',
]
const keptId = new RegExp(`(?:${keptThings.join('|')})ids?$`)
/**
 * Names where a vendor's id is one: `fileSearchStoreNames`, `collection_names`,
 * `cached_content_name`.
 */
const keptName = /(?:cachedcontent|collection|corpus|knowledgebase|library|store)names?$/

/**
 * Members that may hold an object of state or its settings, or a list of them: an id makes the
 * difference.
 */
const holders: ReadonlySet<string> = new Set([
  'agent',
  'assistant',
  'audio',
  'cache',
  'collection',
  'connector',
  'container',
  'dataset',
  'environment',
  'file',
  'knowledgebase',
  'library',
  'prompt',
  'session',
  'skill',
  'thread',
  'vectorstore',
  'voice',
])

/** Whether a member of this name refers to kept state, whatever it holds. */
export function namesKept(plain: string): boolean {
  return stateNames.has(plain) || keptId.test(plain) || keptName.test(plain)
}

/** Whether a member of this name refers to kept state where what it holds has an id. */
export function mayHoldKept(plain: string): boolean {
  return holders.has(plain) || (plain.endsWith('s') && holders.has(plain.slice(0, -1)))
}

/** Schemas of JSON: names inside of them are those of a client's own data. */
export const schemaNames: ReadonlySet<string> = new Set([
  'guidedjson',
  'inputschema',
  'jsonschema',
  'outputschema',
  'parameters',
  'parametersjsonschema',
  'responsejsonschema',
  'responseschema',
  'schema',
])
/**
 * Arguments of calls, properties of schemas, where an earlier answer has its words from, and what a
 * client notes for itself.
 */
export const dataNames: ReadonlySet<string> = new Set([
  'annotations',
  'args',
  'arguments',
  'citations',
  'clientmetadata',
  'defs',
  'headers',
  'inputexamples',
  'labels',
  'logitbias',
  'metadata',
  'partialargs',
  'properties',
])

/**
 * Addresses that a provider opens with the account's own rights: clouds' buckets, Moonshot's
 * `ms://` and Alibaba's `oss://` and `fileid://`, resources of Gemini.
 */
export const keptAddress =
  /^(?:gs|s3|azureml|abfss?|ms|oss|fileid|dbfs|file-service):\/\/|^(?:files|cachedContents|corpora|fileSearchStores)\/|^https:\/\/generativelanguage\.googleapis\.com\//i
export const openWeb = /^https?:\/\/(?![^/]*\.googleapis\.com\/)/i
/**
 * Alibaba's long-context models read a file that a system message names:
 * https://help.aliyun.com/zh/model-studio/long-context-qwen-long
 */
export const keptFileText = /^\s*(?:fileid|file-service):\/\/|^\s*cache_id=/i
/** A model's name that is an account's own preset of a router. */
export const presetModel = /@preset\//i

/**
 * By the type of an item of the Responses API, the members that make it whole: with none of them it
 * says nothing itself, and its id is read from what the account keeps. Others (a summary, a status,
 * a query) are no more than labels.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 */
const wholeBy: Readonly<Record<string, readonly string[]>> = {
  apply_patch_call: ['operation'],
  code_interpreter_call: ['outputs'],
  compaction: ['encrypted_content'],
  computer_call: ['action', 'actions'],
  custom_tool_call: ['input'],
  file_search_call: ['results'],
  function_call: ['arguments'],
  image_generation_call: ['result'],
  item_reference: [],
  local_shell_call: ['action'],
  mcp_approval_request: ['arguments'],
  mcp_call: ['output', 'error'],
  mcp_list_tools: ['tools'],
  message: ['content'],
  reasoning: ['encrypted_content', 'content'],
  shell_call: ['action'],
  web_search_call: [],
}
/**
 * The same for items of types that are not known here: outputs of calls, and what comes after this
 * release.
 */
const wholeByDefault = ['content', 'encrypted_content', 'input', 'output', 'arguments', 'tools']

/**
 * The members of which an item of this type needs one to mean something without what an account
 * keeps.
 */
export function membersThatMakeWhole(type: string | undefined): readonly string[] {
  if (type === undefined) return ['content']
  return Object.hasOwn(wholeBy, type) ? (wholeBy[type] ?? []) : wholeByDefault
}
