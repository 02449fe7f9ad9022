/** Vectors as binary query parameters. The type's oid differs by database, so this is built after the migrations. */
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Context, Effect, Layer, Schema } from "effect"
import { serviceRole } from "./serviceRole.ts"
import { vectorArrayCodec, vectorCodec } from "./vectorCodec.ts"

class VectorTypeMissing extends Schema.TaggedError<VectorTypeMissing>()("VectorTypeMissing", {
  /** Where pgvector is, if our role may not use it there. */
  schema: Schema.NullOr(Schema.String)
}) {
  override get message() {
    return this.schema === null
      ? "The database has no extension `vector` (pgvector): run `pnpm migrate` first."
      : `pgvector is in the schema ${this.schema}, which ${serviceRole} may not use: run \`pnpm migrate\` as its owner.`
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
      const [type] = yield* sql<VectorType>`
        SELECT t.oid::int4, t.typarray::int4 AS "arrayOid", n.nspname AS schema,
          has_schema_privilege(n.oid, 'USAGE') AS usable
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        JOIN pg_type t ON t.typnamespace = n.oid AND t.typname = 'vector' WHERE e.extname = 'vector'`
      if (type === undefined) return yield* new VectorTypeMissing({ schema: null })
      if (!type.usable) return yield* new VectorTypeMissing({ schema: type.schema })
      sql.config.types?.register(type.oid, vectorCodec)
      sql.config.types?.register(type.arrayOid, vectorArrayCodec(type.oid))
      return VectorParameters.of({
        one: (vector) => parameter(type.oid, vector),
        many: (vectors) => parameter(type.arrayOid, vectors)
      })
    })
  )
}

interface VectorType {
  readonly oid: number
  readonly arrayOid: number
  readonly schema: string
  readonly usable: boolean
}

const parameter = (oid: number, value: unknown): PgTypes.Parameter => ({
  [PgTypes.ParameterTypeId]: PgTypes.ParameterTypeId,
  oid,
  value
})
