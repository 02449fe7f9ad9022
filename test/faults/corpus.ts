/** Real documents, if available: `CORPUS_DIR`, or a folder beside the checkout. */
import { Config, Effect, FileSystem, Option } from "effect"

export const corpusFolder = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const folder = Option.getOrElse(yield* Config.option(Config.String("CORPUS_DIR")), () => "../shared/corpus")
  return (yield* fs.exists(folder)) ? folder : undefined
})
