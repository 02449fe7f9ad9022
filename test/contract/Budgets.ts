/** The contract of budgets, as a suite over a layer. Each test has its own user. */
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, type Layer, Option } from "effect"
import { randomUUID } from "node:crypto"
import { Budgets } from "../../services/Budgets.ts"
import { UserId } from "../../src/domain/Ids.ts"

const admin = { actor: "key:1", role: "admin", reason: "A test.", correlationId: null }
const aUser = () => UserId.make(randomUUID())

export const budgetsContract = <E>(name: string, budgets: Layer.Layer<Budgets, E>) =>
  layer(budgets)(`Budgets ${name}`, (it) => {
    it.effect("a user without a limit has spent nothing and is not listed", () =>
      Effect.gen(function*() {
        const { find, list } = yield* Budgets
        const user = aUser()
        assert.deepInclude(yield* find(user), { userId: user, limitUsd: Option.none(), spentUsd: 0 })
        assert.isFalse((yield* list).some(({ userId }) => userId === user))
      }))

    it.effect("a limit that is set is returned, found, and listed after the overall budget", () =>
      Effect.gen(function*() {
        const { find, list, set } = yield* Budgets
        const user = aUser()
        const set25 = yield* set(user, 25, admin)
        assert.deepInclude(set25, { userId: user, limitUsd: Option.some(25), spentUsd: 0 })
        assert.deepStrictEqual(yield* find(user), set25)
        const listed = yield* list
        assert.strictEqual(listed[0]?.userId, null)
        assert.deepInclude(listed.find(({ userId }) => userId === user), { limitUsd: Option.some(25) })
      }))

    it.effect("the overall budget has its own limit", () =>
      Effect.gen(function*() {
        const { find, set } = yield* Budgets
        const user = aUser()
        yield* set(null, 100, admin)
        assert.deepInclude(yield* find(null), { userId: null, limitUsd: Option.some(100) })
        assert.deepInclude(yield* find(user), { limitUsd: Option.none() })
        yield* set(null, null, admin)
        assert.deepInclude(yield* find(null), { limitUsd: Option.none() })
      }))

    it.effect("a limit set to null is removed", () =>
      Effect.gen(function*() {
        const { find, set } = yield* Budgets
        const user = aUser()
        yield* set(user, 25, admin)
        yield* set(user, null, admin)
        assert.deepInclude(yield* find(user), { limitUsd: Option.none() })
      }))

    it.effect("a budget resets at the start of a month", () =>
      Effect.gen(function*() {
        const { renewsAt } = yield* (yield* Budgets).find(aUser())
        assert.match(DateTime.formatIso(renewsAt), /^\d{4}-\d\d-01T00:00:00\.000Z$/)
      }))
  })
