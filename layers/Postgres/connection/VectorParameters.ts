/** Vectors as binary query parameters. The type's oid differs by database, so this is built after the migrations. */
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Context, Effect, Layer, Schema } from "effect"
import { vectorArrayCodec, vectorCodec } from "./vectorCodec.ts"

export class VectorTypeMissing extends Schema.TaggedError<VectorTypeMissing>()("VectorTypeMissing", {}) {
  override get message() {
    return "The database has no type `vector`: run the migrations (pnpm migrate) first."
  }
}

export class VectorParameters extends Context.Service<VectorParameters, {
  /** For one `vector`: `` sql`… ORDER BY vector <=> ${vectors.one(query)}` ``. */
  readonly one: (vector: Float32Array) => PgTypes.Parameter
  /** For a `vector[]`: `` sql`… SELECT * FROM unnest(${ids}::uuid[], ${vectors.many(batch)})` ``. */
  readonly many: (vectors: ReadonlyArray<Float32Array>) => PgTypes.Parameter
}>()("accessa/layers/Database/VectorParameters") {
  /** From here on a selected `vector` arrives as a Float32Array too. */
  static readonly layer = Layer.effect(
    VectorParameters,
    Effect.gen(function*() {
      const sql = yield* PgClient.PgClient
      const [type] = yield* sql<{ readonly oid: number; readonly arrayOid: number }>`
        SELECT oid::int4, typarray::int4 AS "arrayOid" FROM pg_type WHERE oid = to_regtype('vector')`
      if (type === undefined) return yield* new VectorTypeMissing()
      sql.config.types?.register(type.oid, vectorCodec)
      sql.config.types?.register(type.arrayOid, vectorArrayCodec(type.oid))
      return VectorParameters.of({
        one: (vector) => parameter(type.oid, vector),
        many: (vectors) => parameter(type.arrayOid, vectors)
      })
    })
  )
}

const parameter = (oid: number, value: unknown): PgTypes.Parameter => ({
  [PgTypes.ParameterTypeId]: PgTypes.ParameterTypeId,
  oid,
  value
})
