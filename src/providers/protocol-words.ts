/**
 * Single words that nearly every request holds, as names or as values: vendors use them in their
 * own sentences too, so that one of them alone is no echo. None of them completes a rule's phrase.
 */
const names = `
  model models messages message role content contents parts input output prompt system
  instructions tools tool function functions name description parameters type text stream user
  stop temperature seed reasoning effort format schema properties required items enum metadata
  store id index arguments image audio file data url source config summary strict thinking
  signature title default logprobs include truncation verbosity`
const values = `
  assistant developer object string number integer boolean array null true false auto none any
  minimal low medium high max ephemeral json`
const words: ReadonlySet<string> = new Set(`${names} ${values}`.trim().split(/\s+/))

/** Names that are part of many rules. Where one of them is a value, it counts as the client's. */
const namesOnly: ReadonlySet<string> = new Set(['model', 'models'])

/** Whether a single word, in lower case, is one of the protocols' own. */
export function isProtocolWord(word: string, isValue: boolean): boolean {
  return words.has(word) && !(isValue && namesOnly.has(word))
}
