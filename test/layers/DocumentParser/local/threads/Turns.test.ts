import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { makeTurns, type Turns } from "../../../../../layers/DocumentParser/local/threads/Turns.ts"
import { UserId } from "../../../../../src/domain/Ids.ts"

const [ann, bob, cid] = ["1", "2", "3"].map((n) => UserId.make(`00000000-0000-4000-8000-00000000000${n}`)) as [
  UserId,
  UserId,
  UserId
]

/** Queues up for a turn, and notes when it comes. */
const queue = (turns: Turns, user: UserId, order: Array<UserId>) =>
  turns.take(user).pipe(
    Effect.andThen(Effect.sync(() => order.push(user))),
    Effect.forkChild({ startImmediately: true })
  )

describe("turns at one place", () => {
  it.effect("go to the user who had one the longest ago, whoever came first", () =>
    Effect.gen(function*() {
      const turns = makeTurns()
      const order: Array<UserId> = []
      for (const user of [ann, ann, ann, ann, bob, bob, cid]) yield* queue(turns, user, order)
      for (let n = 0; n < 7; n++) {
        yield* Effect.yieldNow
        turns.release()
      }
      yield* Effect.yieldNow
      assert.deepStrictEqual(order, [ann, bob, cid, ann, bob, ann, ann])
    }))

  it.effect("turns at one place pass over who has gone, also where the turn comes at the same moment", () =>
    Effect.gen(function*() {
      const turns = makeTurns()
      const order: Array<UserId> = []
      yield* turns.take(ann)
      const [gone, late] = [yield* queue(turns, bob, order), yield* queue(turns, cid, order)]
      yield* Fiber.interrupt(gone)
      assert.strictEqual(turns.waiting(), 1)
      turns.release()
      yield* Fiber.interrupt(late)
      assert.isTrue(order.length === 1 || turns.takeNow(ann))
    }))

  it("turns at one place are taken at once only while the place is free", () => {
    const turns = makeTurns()
    assert.deepStrictEqual([turns.takeNow(ann), turns.takeNow(bob)], [true, false])
    turns.release()
    assert.isTrue(turns.takeNow(bob))
  })
})
