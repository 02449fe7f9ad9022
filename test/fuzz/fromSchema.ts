/** Values for a JSON schema: most are valid, the rest are slightly or completely wrong. */
import type { Dice } from "./Dice.ts"
import { oddJson, oddNumber, oddText } from "./oddities.ts"

/** The part of JSON schema that the server's own document uses. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean | JsonSchema
}

export interface Surroundings {
  readonly dice: Dice
  /** Ids that exist, because random ones find nothing and prove little. */
  readonly ids: readonly [string, ...ReadonlyArray<string>]
  readonly resolve: (ref: string) => JsonSchema
}

/** JSON text. */
export const jsonOf = (schema: JsonSchema, around: Surroundings): string => {
  const { dice } = around
  if (dice.percent(8)) return oddJson(dice)
  if (schema.$ref !== undefined) return jsonOf(around.resolve(schema.$ref), around)
  if (schema.anyOf !== undefined) return jsonOf(schema.anyOf[dice.below(schema.anyOf.length)] ?? {}, around)
  switch (schema.type) {
    case "object":
      return objectOf(schema, around)
    case "array": {
      const length = dice.percent(2) ? 500 : dice.below(4)
      return `[${Array.from({ length }, () => jsonOf(schema.items ?? {}, around)).join(",")}]`
    }
    case "integer":
    case "number":
      return dice.percent(10) ? JSON.stringify(textOf(schema, around)) : textOf(schema, around)
    case "boolean":
      return String(dice.percent(50))
    case "string":
      return JSON.stringify(textOf(schema, around))
    default:
      return oddJson(dice)
  }
}

const objectOf = (schema: JsonSchema, around: Surroundings): string => {
  const { dice } = around
  const members: Array<string> = []
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const wanted = schema.required?.includes(name) ?? false
    if (!dice.percent(wanted ? 95 : 60)) continue
    members.push(`${JSON.stringify(name)}:${jsonOf(property, around)}`)
    if (dice.percent(2)) members.push(`${JSON.stringify(name)}:${jsonOf(property, around)}`)
  }
  const { additionalProperties } = schema
  if (typeof additionalProperties === "object" || dice.percent(5)) {
    const extra = typeof additionalProperties === "object" ? additionalProperties : {}
    members.push(`${JSON.stringify(oddText(dice))}:${jsonOf(extra, around)}`)
  }
  return `{${members.join(",")}}`
}

/** As it appears in a path, a query or a header, before any encoding. */
export const textOf = (schema: JsonSchema, around: Surroundings): string => {
  const { dice, ids } = around
  if (dice.percent(12)) return oddText(dice)
  if (schema.$ref !== undefined) return textOf(around.resolve(schema.$ref), around)
  if (schema.anyOf !== undefined) return textOf(schema.anyOf[dice.below(schema.anyOf.length)] ?? {}, around)
  if (schema.enum !== undefined) return String(schema.enum[dice.below(schema.enum.length)])
  if (schema.format === "uuid") return idLike(dice, ids)
  if (schema.type === "boolean") return String(dice.percent(50))
  if (schema.type === "integer" || schema.type === "number" || schema.pattern?.includes("\\d") === true) {
    const { maximum = 100, minimum = 0 } = schema
    return dice.percent(60)
      ? String(minimum + dice.below(maximum - minimum + 1))
      : dice.percent(50)
      ? String(dice.pick([minimum - 1, minimum, maximum, maximum + 1, minimum + 0.5]))
      : String(oddNumber(dice))
  }
  return dice.percent(50) ? dice.pick(["water damage", "a.md", "policy", "x"]) : idLike(dice, ids)
}

const idLike = (dice: Dice, ids: Surroundings["ids"]): string => {
  const id = dice.pick(ids)
  switch (dice.below(20)) {
    case 0:
      return id.toUpperCase()
    case 1:
      return id.slice(0, -1)
    case 2:
      return `${id}0`
    case 3:
      return `{${id}}`
    case 4:
      return id.replaceAll("-", "")
    case 5:
      return "00000000-0000-0000-0000-000000000000"
    case 6:
      return "ffffffff-ffff-ffff-ffff-ffffffffffff"
    case 7:
      return ` ${id} `
    case 8:
      return id.replace(/[0-9a-f]/, "g")
    default:
      return id
  }
}
