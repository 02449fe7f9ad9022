/** Documents that only answer that no other one has the same text. */
import { Effect, Layer } from "effect"
import { Documents } from "../../../services/Documents.ts"

const unused = () => Effect.die(new Error("this test has no documents"))

export const noDocuments = Layer.succeed(Documents, {
  accept: unused,
  find: unused,
  findByRequest: unused,
  remove: unused,
  used: unused,
  sameText: () => Effect.succeedNone
})
