/** Requests generated from the server's own OpenAPI document. */
import { Schema } from "effect"
import type { Call } from "./Call.ts"
import type { Dice } from "./Dice.ts"
import { jsonOf, type JsonSchema, type Surroundings, textOf } from "./fromSchema.ts"
import { oddJson, oddText } from "./oddities.ts"

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JsonSchema
}

export interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly body: { readonly type: string; readonly schema: JsonSchema } | undefined
}

const JsonSchemaLike = Schema.declare((value): value is JsonSchema => typeof value === "object" && value !== null)
const Document = Schema.Struct({
  paths: Schema.Record(
    Schema.String,
    Schema.Record(
      Schema.String,
      Schema.Struct({
        parameters: Schema.optionalKey(Schema.Array(Schema.Struct({
          name: Schema.String,
          in: Schema.String,
          required: Schema.optionalKey(Schema.Boolean),
          schema: JsonSchemaLike
        }))),
        requestBody: Schema.optionalKey(Schema.Struct({
          content: Schema.Record(Schema.String, Schema.Struct({ schema: JsonSchemaLike }))
        }))
      })
    )
  ),
  components: Schema.optionalKey(Schema.Struct({
    schemas: Schema.optionalKey(Schema.Record(Schema.String, JsonSchemaLike))
  }))
})

export const readOperations = (openapi: string) => {
  const { components, paths } = Schema.decodeUnknownSync(Schema.fromJsonString(Document))(openapi)
  const resolve = (ref: string): JsonSchema => components?.schemas?.[ref.split("/").at(-1) ?? ""] ?? {}
  const named = (schema: JsonSchema): JsonSchema => schema.$ref === undefined ? schema : resolve(schema.$ref)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]): Operation => {
      const [body] = Object.entries(requestBody?.content ?? {})
      return {
        method: method.toUpperCase(),
        path,
        parameters,
        body: body === undefined ? undefined : { type: body[0], schema: named(body[1].schema) }
      }
    })
  )
  return { operations, resolve }
}

const otherTypes = [
  "text/plain",
  "application/xml",
  "application/json; charset=utf-16",
  "",
  "application/",
  "multipart/form-data"
] as const

export const apiCall = (
  operation: Operation,
  around: Surroundings,
  caller: { readonly name: string; readonly headers: Readonly<Record<string, string>> }
): Call => {
  const { dice } = around
  const of = (place: string) => operation.parameters.filter((parameter) => parameter.in === place)
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const schema = of("path").find((parameter) => parameter.name === name)?.schema ?? {}
    return encode(dice, textOf(schema, around))
  })
  const query: Array<string> = []
  for (const { name, required = false, schema } of of("query")) {
    const times = required || dice.percent(40)
      ? (schema.type === "array" || dice.percent(5) ? 1 + dice.below(3) : 1)
      : 0
    for (let n = 0; n < times; n++) {
      query.push(`${name}=${encode(dice, textOf(schema.type === "array" ? schema.items ?? {} : schema, around))}`)
    }
  }
  if (dice.percent(5)) query.push(`${encode(dice, oddText(dice))}=${encode(dice, oddText(dice))}`)
  const headers: Record<string, string> = { ...caller.headers }
  for (const { name, schema } of of("header")) {
    if (dice.percent(40)) headers[name] = headerText(textOf(schema, around))
  }
  if (dice.percent(10)) headers["x-correlation-id"] = headerText(oddText(dice))
  if (dice.percent(10)) {
    headers["idempotency-key"] = headerText(dice.percent(50) ? `key-${dice.below(50)}` : oddText(dice))
  }
  if (dice.percent(3)) headers["accept"] = headerText(oddText(dice))
  if (dice.percent(3)) headers["traceparent"] = headerText(oddText(dice))
  const content = operation.body === undefined
    ? dice.percent(3) ? { type: "application/json", bytes: Buffer.from(oddJson(dice)) } : undefined
    : contentOf(operation.body, around)
  if (content !== undefined && content.type !== "") headers["content-type"] = content.type
  const method = dice.percent(1) ? dice.pick(["PUT", "PATCH", "OPTIONS", "DELETE", "HEAD"]) : operation.method
  return {
    method,
    path: query.length === 0 ? path : `${path}?${query.join("&")}`,
    headers,
    ...(content === undefined ? {} : { body: content.bytes }),
    caller: caller.name,
    route: `${method} ${operation.path}`
  }
}

/** Mostly as a client would; sometimes as little as the wire allows. */
const encode = (dice: Dice, text: string): string =>
  dice.percent(90)
    ? encodeURIComponent(text.toWellFormed())
    : text.replaceAll(/[^\u0021-\u007e]/g, (sign) => `%${(sign.charCodeAt(0) & 255).toString(16).padStart(2, "0")}`)
      .replaceAll(/[ #?]/g, "")

/** What Node allows in a header. */
const headerText = (text: string): string => text.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?").slice(0, 4_000)

const contentOf = ({ schema, type }: NonNullable<Operation["body"]>, around: Surroundings) => {
  const { dice } = around
  const content = type === "multipart/form-data" ? formOf(schema, around) : {
    type,
    bytes: type === "application/json" && schema.format !== "binary"
      ? Buffer.from(jsonOf(schema, around))
      : Buffer.from(oddJson(dice))
  }
  const cut = dice.percent(4) ? content.bytes.subarray(0, dice.below(content.bytes.length + 1)) : content.bytes
  const flipped = dice.percent(4) ? flip(dice, cut) : cut
  const bytes = dice.percent(0.3) ? Buffer.concat([flipped, Buffer.alloc(1_500_000, " ")]) : flipped
  return { type: dice.percent(4) ? dice.pick(otherTypes) : content.type, bytes }
}

const flip = (dice: Dice, bytes: Buffer): Buffer => {
  const changed = Buffer.from(bytes)
  for (let n = dice.below(8); n >= 0 && changed.length > 0; n--) changed[dice.below(changed.length)] = dice.below(256)
  return changed
}

const contents: readonly [string, ...ReadonlyArray<string>] = [
  "# Policy\n\nWater damage is covered.\n",
  "plain text",
  "",
  "%PDF-1.7\nand nothing",
  "PK\u0003\u0004",
  "MZ\u0090",
  "<html><body>text</body></html>",
  "\ufeffbom",
  "\u0000\u0001\u0002"
]

const formOf = (schema: JsonSchema, around: Surroundings) => {
  const { dice } = around
  const boundary = dice.percent(3) ? headerText(oddText(dice)) : `b${dice.below(1_000_000)}`
  const parts: Array<string> = []
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isFile = property.format === "binary"
    for (let n = dice.percent(isFile ? 92 : 25) ? (dice.percent(4) ? 2 : 1) : 0; n > 0; n--) {
      const filename = dice.percent(60) ? dice.pick(["a.md", "b.txt", "c.pdf", "d.html", "e.docx"]) : oddText(dice)
      const disposition = `form-data; name="${dice.percent(2) ? oddText(dice) : name}"${
        isFile ? `; filename="${filename}"` : ""
      }`
      const value = isFile
        ? `${dice.pick(contents)}${dice.percent(60) ? dice.next() : ""}`
        : name === "metadata"
        ? jsonOf({ type: "object", additionalProperties: { type: "string" } }, around)
        : textOf(property, around)
      parts.push(`--${boundary}\r\ncontent-disposition: ${disposition}\r\n\r\n${value}\r\n`)
    }
  }
  if (dice.percent(50)) parts.reverse()
  const end = dice.percent(96) ? `--${boundary}--\r\n` : ""
  return { type: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.from(parts.join("") + end) }
}
