/** What is wrong with the packages of a bill of materials, and with those of an audit's report. */
import { Effect, Schema } from "effect"

/** Of these, an expression needs one that is allowed; a list needs all. */
const permissive = [
  "MIT",
  "MIT-0",
  "Apache-2.0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "BlueOak-1.0.0",
  "OFL-1.1",
  "Unlicense"
]

const Licence = Schema.Union([
  Schema.Struct({ license: Schema.Struct({ id: Schema.String }) }),
  Schema.Struct({ license: Schema.Struct({ name: Schema.String }) }),
  Schema.Struct({ expression: Schema.String })
])

const Bill = Schema.fromJsonString(Schema.Struct({
  components: Schema.NonEmptyArray(
    Schema.Struct({ purl: Schema.String, licenses: Schema.optionalKey(Schema.Array(Licence)) })
  )
}))

const isPermissive = (text: string): boolean =>
  text.replaceAll(/[()]/g, "").split(" OR ").some((choice) =>
    choice.split(" AND ").every((licence) => permissive.includes(licence.trim()))
  )

export const faultsOfBill = Effect.fnUntraced(function*(text: string) {
  const { components } = yield* Schema.decodeUnknownEffect(Bill)(text)
  const faults = components.flatMap(({ licenses = [], purl }) => {
    const texts = licenses.map((each) =>
      "expression" in each ? each.expression : "id" in each.license ? each.license.id : each.license.name
    )
    return texts.length === 0
      ? [`${purl} states no licence`]
      : texts.filter((each) => !isPermissive(each)).map((each) => `${purl} has the licence ${each}`)
  })
  return { count: components.length, faults }
})

const Report = Schema.fromJsonString(Schema.Struct({
  advisories: Schema.Record(
    Schema.String,
    Schema.Struct({ module_name: Schema.String, severity: Schema.String, title: Schema.String, url: Schema.String })
  )
}))

/** Of a high severity. Fails if the text is no report. */
export const advisoriesOf = (text: string) =>
  Effect.map(
    Schema.decodeUnknownEffect(Report)(text),
    ({ advisories }) =>
      Object.values(advisories).filter(({ severity }) => ["high", "critical"].includes(severity)).map((
        { module_name, severity, title, url }
      ) => `${module_name} has a vulnerability (${severity}): ${title}, ${url}`)
  )
