/** Vectors as binary query parameters. The type's oid differs by database, so this is built after the migrations. */
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { SqlError } from "effect/sql"
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
  /**
   * Runs a statement with such parameters. If the database has been replaced under its address by one that was restored from a
   * dump, the type has another oid there: then the statement is made and run once more.
   */
  readonly withCurrentType: <A, E, R>(
    statement: () => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | SqlError.SqlError, R>
}>()("accessa/layers/Database/VectorParameters") {
  /** From here on a selected `vector` arrives as a Float32Array too. */
  static readonly layer = Layer.effect(
    VectorParameters,
    Effect.gen(function*() {
      const sql = yield* PgClient.PgClient
      const read = Effect.map(
        sql<VectorType>`
        SELECT t.oid::int4, t.typarray::int4 AS "arrayOid", n.nspname AS schema,
          has_schema_privilege(n.oid, 'USAGE') AS usable
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        JOIN pg_type t ON t.typnamespace = n.oid AND t.typname = 'vector' WHERE e.extname = 'vector'`,
        ([found]) => Option.fromUndefinedOr(found)
      )
      const register = ({ arrayOid, oid }: VectorType) => {
        sql.config.types?.register(oid, vectorCodec)
        sql.config.types?.register(arrayOid, vectorArrayCodec(oid))
      }
      const first = yield* read
      if (Option.isNone(first)) return yield* new VectorTypeMissing({ schema: null })
      if (!first.value.usable) return yield* new VectorTypeMissing({ schema: first.value.schema })
      let type = first.value
      register(type)

      /** Whether the type differs from the one that a refused statement was sent with. */
      const hasChangedSince = (sent: VectorType) =>
        Effect.map(Effect.catchTag(read, "SqlError", () => Effect.succeedNone), (found) => {
          if (Option.isSome(found) && found.value.oid !== type.oid) {
            type = found.value
            register(type)
          }
          return type.oid !== sent.oid
        })
      return VectorParameters.of({
        one: (vector) => parameter(type.oid, vector),
        many: (vectors) => parameter(type.arrayOid, vectors),
        withCurrentType: (statement) =>
          Effect.suspend(() => {
            const sent = type
            return Effect.catchIf(statement(), isRefusal, (error) =>
              Effect.flatMap(hasChangedSince(sent), (changed) =>
                changed ? statement() : Effect.fail(error)))
          })
      })
    })
  )
}

/** Not a lost connection, a conflict or a time limit. */
const isRefusal = (error: unknown): error is SqlError.SqlError =>
  SqlError.isSqlError(error) && (error.reason._tag === "UnknownError" || error.reason._tag === "SqlSyntaxError")

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
