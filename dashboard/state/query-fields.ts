/** Typed fields of a query string: how each is read and written. Pure. */

export interface QueryField<Value> {
  read: (text: string | null) => Value
  /** Undefined leaves it out. */
  write: (value: Value) => string | undefined
}

export type Fields<Values> = { [Name in keyof Values]: QueryField<Values[Name]> }

/** Any text; empty by default. */
export function textField(): QueryField<string> {
  return { read: (text) => text ?? '', write: (value) => value || undefined }
}

/** A text of one form; another counts as empty. */
export function patternField(pattern: RegExp): QueryField<string> {
  return {
    read: (text) => (text !== null && pattern.test(text) ? text : ''),
    write: (value) => value || undefined,
  }
}

/** One of a few words. @param aliases other words that an address may have for them. */
export function choiceField<const Choice extends string>(
  choices: readonly Choice[],
  otherwise: NoInfer<Choice>,
  aliases: Readonly<Record<string, NoInfer<Choice>>> = {},
): QueryField<Choice> {
  return {
    read: (text) => {
      const chosen = choices.find((choice) => choice === text)
      if (chosen !== undefined) return chosen
      return (text !== null && Object.hasOwn(aliases, text) ? aliases[text] : undefined) ?? otherwise
    },
    write: (value) => (value === otherwise ? undefined : value),
  }
}

/** Something that is on or off, as in `/keys?add`. */
export function flagField(): QueryField<boolean> {
  return { read: (text) => text !== null, write: (value) => (value ? '' : undefined) }
}

export function readQuery<Values extends object>(fields: Fields<Values>, search: string): Values {
  const parameters = new URLSearchParams(search)
  const names = Object.keys(fields) as (keyof Values & string)[]
  const values = names.map((name) => [name, fields[name].read(parameters.get(name))])
  // Each value was read by the field of its name.
  return Object.fromEntries(values) as Values
}

/** The query string with some fields changed; the others, and what no field names, stay. */
export function writeQuery<Values extends object>(
  fields: Fields<Values>,
  search: string,
  change: Partial<NoInfer<Values>>,
): string {
  const parameters = new URLSearchParams(search)
  for (const name of Object.keys(change) as (keyof Values & string)[]) {
    const value = change[name]
    const text = value === undefined ? undefined : fields[name].write(value)
    if (text === undefined) parameters.delete(name)
    else parameters.set(name, text)
  }
  // `?add` reads better than `?add=`.
  return parameters.toString().replaceAll(/=(?=&|$)/g, '')
}
