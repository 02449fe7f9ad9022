import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { OpenApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { strictBodies } from "../../src/api/KnownFields.ts"
import { isList, isObject, type Json } from "../../src/api/openapi/json.ts"
import { unreadable } from "../../src/api/unreadable.ts"

const Place = Schema.Struct({ street: Schema.optionalKey(Schema.String), town: Schema.optionalKey(Schema.String) })
const Body = Schema.Struct({
  place: Schema.optionalKey(Place),
  places: Schema.optionalKey(Schema.Array(Place)),
  byName: Schema.optionalKey(Schema.Record(Schema.String, Place)),
  maybe: Schema.optionalKey(Schema.NullOr(Place)),
  either: Schema.optionalKey(Schema.Union([Schema.String, Place])),
  deep: Schema.optionalKey(Schema.Struct({ places: Schema.Array(Schema.Struct({ place: Place })) }))
})

const document: Json = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
const member = (value: Json, name: string): Json => isObject(value) ? value[name] : undefined
const entries = (value: Json) => Object.entries(isObject(value) ? value : {})

/** Where in a schema an object takes members that it does not name. */
const openObjects = (schema: Json, path: string): ReadonlyArray<string> => {
  if (isList(schema)) return schema.flatMap((each) => openObjects(each, path))
  if (!isObject(schema)) return []
  const named = member(schema, "$ref")
  if (typeof named === "string") {
    const name = named.split("/").at(-1) ?? ""
    return openObjects(member(member(member(document, "components"), "schemas"), name), path)
  }
  const isOpen = member(schema, "type") === "object" && member(schema, "additionalProperties") !== false
  return [
    ...(isOpen ? [path] : []),
    ...entries(member(schema, "properties")).flatMap(([name, each]) => openObjects(each, `${path}/${name}`)),
    ...openObjects(member(schema, "items"), `${path}/0`),
    ...["anyOf", "oneOf", "allOf"].flatMap((kind) => openObjects(member(schema, kind), path))
  ]
}

describe("an unreadable request", () => {
  it.effect.each(
    [
      [{ place: { stret: "a" } }, "/payload/place/stret", "Unknown. Did you mean street?"],
      [{ places: [{ town: "a" }, { twon: "b" }] }, "/payload/places/1/twon", "Unknown. Did you mean town?"],
      [{ byName: { "a/b": { stret: "a" } } }, "/payload/byName/a~1b/stret", "Unknown. Did you mean street?"],
      [{ maybe: { stret: "a" } }, "/payload/maybe/stret", "Unknown. Did you mean street?"],
      [{ either: { stret: "a" } }, "/payload/either/stret", "Unknown. Did you mean street?"],
      [
        { deep: { places: [{ place: { country: "a" } }] } },
        "/payload/deep/places/0/place/country",
        "Unknown. Expected here: street, town."
      ]
    ] as const
  )(
    "names what it expects at an unknown member inside of an object: %j",
    ([body, pointer, detail]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Schema.decodeUnknownEffect(Body, strictBodies)(body))
        assert.deepInclude(unreadable("payload", error).errors, { pointer, detail })
      })
  )

  it("may have unknown members only where the contract says so: in metadata and in a filter over it", () => {
    const open = entries(member(document, "paths")).flatMap(([, methods]) =>
      entries(methods).flatMap(([, operation]) =>
        entries(member(member(operation, "requestBody"), "content")).flatMap(([, content]) =>
          openObjects(member(content, "schema"), String(member(operation, "operationId")))
        )
      )
    )
    assert.deepStrictEqual(open, ["uploads.create/metadata", "search.matchDocuments/filter"])
  })
})
