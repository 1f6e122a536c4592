/**
 * Text as it is compared: without the escapes that servers write around it, and without what they
 * change in it (case, accents, separators). Pure.
 */

/** Letters and digits alone, without case, accents or compatibility forms. */
export function lettersOf(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is most of what is sent, and far cheaper.
  if (/^[\u0000-\u007F]*$/.test(text)) return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '')
  return text
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
}

const namedCharacters: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
}

/** A text without the escapes of JSON, HTML and addresses, which may be nested. */
export function unescaped(text: string): string {
  let result = text
  for (let depth = 0; depth < 3 && /[\\%&]/.test(result); depth++) {
    result = result
      .replaceAll(/\\u\{?([0-9a-f]{4})\}?|\\x([0-9a-f]{2})/gi, (_, long?: string, short?: string) =>
        String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
      )
      .replaceAll(/\\([^\\])/g, (_, char: string) => (/[nrtbfv]/.test(char) ? ' ' : char))
      .replaceAll('\\\\', '\\')
      .replaceAll(/(?:%[0-9a-f]{2})+/gi, decoded)
      .replaceAll(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(quot|apos|amp|lt|gt|nbsp));/gi, characterOf)
  }
  return result
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replaceAll('%', ' ')
  }
}

function characterOf(_: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return namedCharacters[name.toLowerCase()] ?? ' '
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : ' '
}
