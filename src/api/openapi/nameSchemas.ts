/**
 * Gives every object and every list of words in the document a name, and each distinct one once: generators make a type of
 * each. A member's type is named after its owner and itself (`JobProgress`), unless src/api/openapi/names.ts says better.
 */
import { isList, isObject, type Json, type JsonObject, mapOperations, mapValues } from "./json.ts"
import { memberNames, rootNames, wordNames } from "./names.ts"

export const nameSchemas = (description: JsonObject): JsonObject => {
  const names = new Map<string, string>()
  const schemas = new Map<string, JsonObject>()

  const named = (schema: JsonObject, name: string): JsonObject => {
    const key = JSON.stringify(schema)
    const known = names.get(key) ?? free(memberNames[name] ?? name)
    names.set(key, known)
    schemas.set(known, schema)
    return { $ref: `#/components/schemas/${known}` }
  }
  const free = (name: string): string => {
    let found = name
    for (let n = 2; schemas.has(found); n++) found = `${name}_${n}`
    return found
  }

  /** With names for everything in it; `name` is what it would be called itself. */
  const visit = (schema: Json, name: string): Json => {
    if (isList(schema)) return schema.map((each) => visit(each, name))
    if (!isObject(schema)) return schema
    const { properties } = schema
    const inner = mapValues(schema, (value, key) =>
      key === "properties"
        ? mapValues(value, (each, property) => visit(each, `${name}${pascal(property)}`))
        : key === "items" || key === "anyOf" || key === "contentSchema" || key === "additionalProperties"
        ? visit(value, key === "items" ? singular(name) : name)
        : value)
    if (isObject(properties)) return named(inner, name)
    const words = schema["enum"]
    return isList(words) && words.length > 1 ? named(inner, wordNames[`${words[0]} ${words.at(-1)}`] ?? name) : inner
  }

  const visitContent = (operation: Json, name: string): Json =>
    isObject(operation) && isObject(operation["content"])
      ? {
        ...operation,
        content: mapValues(operation["content"], (media) =>
          isObject(media) && isObject(media["schema"]) ? { ...media, schema: visit(media["schema"], name) } : media)
      }
      : operation

  const rename = (schema: Json): Json => {
    if (isList(schema)) return schema.map(rename)
    if (!isObject(schema)) return schema
    const { $ref: ref, ...rest } = schema
    return typeof ref === "string" ? { ...rest, $ref: ref.replace(/Encoded$/u, "") } : mapValues(schema, rename)
  }

  const components = isObject(description["components"]) ? description["components"] : {}
  const declared = isObject(components["schemas"]) ? components["schemas"] : {}
  for (const [name, schema] of Object.entries(declared)) visit(rename(schema), name.replace(/Encoded$/u, ""))

  const bodies = (operation: JsonObject, id: string): JsonObject => {
    const own = id.split(".").map(pascal).join("")
    const { requestBody } = operation
    return {
      ...operation,
      parameters: parameters(operation["parameters"], own),
      ...(requestBody === undefined ? {} : { requestBody: visitContent(requestBody, `${own}Request`) }),
      responses: mapValues(operation["responses"], (response) => visitContent(response, `${own}Response`))
    }
  }
  const parameters = (list: Json, name: string): Json =>
    isList(list)
      ? list.map((each) =>
        isObject(each) ? { ...each, schema: visit(each["schema"], `${name}${pascal(String(each["name"]))}`) } : each
      )
      : list

  const renamed = rename(description)
  const start = isObject(renamed) ? renamed : description
  // What several operations share is called after the first that has a name of its own.
  const operations = new Map<string, JsonObject>()
  mapOperations(start, (operation, id) => {
    operations.set(id, operation)
    return operation
  })
  for (const [place, name] of Object.entries(rootNames)) {
    const [id = "", slot = ""] = place.split(" ")
    const operation = operations.get(id) ?? {}
    const responses = isObject(operation["responses"]) ? operation["responses"] : {}
    visitContent(slot === "request" ? operation["requestBody"] : responses[slot], name)
  }
  const all = mapOperations(start, bodies)
  return {
    ...all,
    components: {
      ...components,
      schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => a < b ? -1 : 1))
    }
  }
}

const pascal = (word: string): string =>
  word.split(/[^A-Za-z0-9]+/u).map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join("")

const singular = (name: string): string =>
  /(?:ss|us)$/u.test(name)
    ? name
    : name.replace(/ies$/u, "y").replace(/(?<=ss|us|x|ch|sh)es$/u, "").replace(/(?<!s|u)s$/u, "")
