/** The expressions that were proved to run in linear time. A proof of another version of the prover does not count. */
import { Effect, FileSystem, Path, Schema } from "effect"
import prover from "recheck/package.json" with { type: "json" }

const Proofs = Schema.Struct({ recheck: Schema.String, linear: Schema.Array(Schema.String) })

const location = Effect.map(Path.Path, (path) => path.join(import.meta.dirname, "proofs.json"))

export const readProofs = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(yield* location)
  const { linear, recheck } = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Proofs))(text)
  return new Set(recheck === prover.version ? linear : [])
})

export const writeProofs = Effect.fnUntraced(function*(linear: Iterable<string>) {
  const fs = yield* FileSystem.FileSystem
  const proofs = { recheck: prover.version, linear: [...linear].sort() }
  yield* fs.writeFileString(yield* location, `${JSON.stringify(proofs, undefined, 2)}\n`)
})
