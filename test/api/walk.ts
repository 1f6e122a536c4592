/**
 * Every route that the app declares, with something to send it: what its schemas ask for at least.
 * Walks over all routes are made from this list, so that a new route is in them before anyone
 * thinks of it.
 */
import { z } from 'zod'
import { app } from '../../src/index.ts'
import { type DeclaredRoute, declaredRoutes } from '../../src/api/endpoint.ts'

export interface Stop extends DeclaredRoute {
  /** `METHOD /path/:id`, the name by which a walk speaks of it. */
  name: string
  /** The names of its parameters, in their order. */
  params: string[]
  /** The address with these parameters; `x` stands in for those that are not given. */
  address(params?: Readonly<Record<string, string>>): string
  /** A body that its schema takes; undefined where it has none, or a dialect's parser reads it. */
  body: unknown
}

const parameter = /:(\w+)(?:\{[^}]*\})?/g

/** All declared routes, in the order in which they are mounted. */
export const stops: readonly Stop[] = declaredRoutes(app).map((route) => ({
  ...route,
  name: `${route.method} ${route.path}`,
  params: [...route.path.matchAll(parameter)].map(([, name = '']) => name),
  address: (params = {}) =>
    route.path.replaceAll(parameter, (_, name: string) => encodeURIComponent(params[name] ?? 'x')),
  body: route.declaration.bodyIsParsedByHandler ? undefined : bodyFor(route),
}))

function bodyFor({ declaration, path }: DeclaredRoute): unknown {
  if (!declaration.body) return undefined
  const schema = z.toJSONSchema(declaration.body, { io: 'input', unrepresentable: 'any' })
  const body = sampleOf(schema)
  const checked = declaration.body.safeParse(body)
  if (!checked.success) {
    throw new Error(
      `No body could be made up for ${path}: ${z.prettifyError(checked.error)}. Say one in test/api/walk.ts.`,
    )
  }
  return body
}

type JsonSchema = z.core.JSONSchema.JSONSchema | boolean

/** A value that a JSON schema takes, with as little in it as it asks for. */
function sampleOf(schema: JsonSchema): unknown {
  if (typeof schema === 'boolean') return 'x'
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const [branch] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
  if (branch !== undefined) return sampleOf(branch)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        requiredOf(schema).map((name) => [name, sampleOf(schema.properties?.[name] ?? true)]),
      )
    case 'array': {
      const items = Array.isArray(schema.items) ? schema.items[0] : schema.items
      return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(items ?? true))
    }
    case 'boolean':
      return true
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1)
    case 'null':
      return null
    default:
      return textOf(schema)
  }
}

/**
 * The fields that must be there. A rule across fields is not in the schema: somebody new needs one
 * of their names.
 */
function requiredOf(schema: Exclude<JsonSchema, boolean>): string[] {
  const required = schema.required ?? []
  return required.includes('password') && !required.includes('login') ? [...required, 'username'] : required
}

function textOf({ format, minLength = 1 }: Exclude<JsonSchema, boolean>): string {
  switch (format) {
    case 'email':
      return 'walker@example.com'
    case 'date-time':
      return '2999-01-01T00:00:00Z'
    case 'uri':
      return 'https://example.com'
    default:
      return 'walker'.padEnd(minLength, '-')
  }
}
