/** Checks the storage by writing an object to each place where documents and texts are stored. */
import { Effect, Stream } from "effect"
import { randomUUID } from "node:crypto"
import type { ObjectStorage } from "../../services/ObjectStorage.ts"

/** If its removal fails, it is left as an orphan for the sweep. */
export const probeObjects = ({ get, put, remove }: Pick<ObjectStorage["Service"], "get" | "put" | "remove">) =>
  Effect.forEach(
    ["raw", "parsed"],
    (root) =>
      Effect.suspend(() => {
        const path = `${root}/probe-${randomUUID()}.txt`
        return put(path, Stream.make(line), "text/plain").pipe(
          Effect.andThen(Stream.runDrain(get(path))),
          Effect.andThen(remove(path))
        )
      }),
    { discard: true }
  ).pipe(Effect.withSpan("ObjectStorage.probe"))

const line = new TextEncoder().encode("Is the storage well?\n")
