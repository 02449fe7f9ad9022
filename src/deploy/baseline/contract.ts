/** The routes of an OpenAPI document, each with a hash of all that a client can rely on, so that a changed route can be named. */
import type { Schema } from "effect"
import { sha256 } from "../../domain/hash.ts"

type Json = Schema.Json

const methods: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "patch", "head", "options"])

/** What is written for people. */
const prose: ReadonlySet<string> = new Set(["description", "summary", "example", "examples", "title", "tags"])

export const routeHashes = (openApi: Json): Readonly<Record<string, string>> => {
  const hashes: Record<string, string> = {}
  for (const [path, item] of entriesOf(fieldOf(openApi, "paths"))) {
    for (const [method, operation] of entriesOf(item)) {
      if (!methods.has(method)) continue
      const relied = { operation: withoutProse(operation), schemas: reachable(operation, openApi) }
      hashes[`${method.toUpperCase()} ${path}`] = sha256(JSON.stringify(sorted(relied)))
    }
  }
  return hashes
}

/** The shared parts that it refers to, directly or through others. */
const reachable = (from: Json, document: Json): { readonly [key: string]: Json } => {
  const found = new Map<string, Json>()
  const waiting = [...references(from)]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue
    const part = next.split("/").slice(1).reduce<Json>((at, key) => fieldOf(at, key), document)
    found.set(next, withoutProse(part))
    waiting.push(...references(part))
  }
  return Object.fromEntries(found)
}

const references = (value: Json): ReadonlyArray<string> =>
  isList(value)
    ? value.flatMap(references)
    : entriesOf(value).flatMap(([key, field]) =>
      key === "$ref" && typeof field === "string" ? [field] : references(field)
    )

/** Within `properties`, a name such as `title` is a field and stays. */
const withoutProse = (value: Json, areFields = false): Json =>
  isList(value)
    ? value.map((each) => withoutProse(each))
    : isObject(value)
    ? Object.fromEntries(
      entriesOf(value).filter(([key]) => areFields || !prose.has(key)).map(([key, field]) => [
        key,
        withoutProse(field, !areFields && key === "properties")
      ])
    )
    : value

const sorted = (value: Json): Json =>
  isList(value)
    ? value.map(sorted)
    : isObject(value)
    ? Object.fromEntries(
      entriesOf(value).toSorted(([a], [b]) => a < b ? -1 : 1).map(([key, field]) => [key, sorted(field)])
    )
    : value

const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)
const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const entriesOf = (value: Json): ReadonlyArray<readonly [string, Json]> => isObject(value) ? Object.entries(value) : []
const fieldOf = (value: Json, key: string): Json => isObject(value) ? value[key] ?? null : null
