/** `pnpm admin-key USER_ID`: creates the first admin key; needs write access to the database. Prints only the key. */
import { Console, Effect, Redacted, Schema } from "effect"
import { argv } from "node:process"
import { Stores } from "../../layers/App/Stores.ts"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { UserId } from "../domain/Ids.ts"
import { run } from "../process/launch.ts"

class Misused extends Schema.TaggedError<Misused>()("Misused", { message: Schema.String }) {}

const by = { actor: "system", role: "system", reason: "Created by pnpm admin-key.", correlationId: null }

if (import.meta.main) {
  run(
    "accessa-admin-key",
    Effect.gen(function*() {
      const userId = yield* Effect.mapError(
        Schema.decodeUnknownEffect(UserId)(argv[2]),
        () => new Misused({ message: "Usage: pnpm admin-key USER_ID, where the id is a UUID." })
      )
      const { make } = yield* ApiKeys
      const { secret } = yield* make({ userId, role: "admin", name: "admin-key", expiresAt: null }, by)
      yield* Console.log(Redacted.value(secret))
    }).pipe(Effect.provide(Stores)),
    "stderr"
  )
}
