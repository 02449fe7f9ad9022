import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { makeTurns, type Turns } from "../../../layers/shared/Turns.ts"
import { UserId } from "../../../src/domain/Ids.ts"

const [ann, bob, cid] = ["1", "2", "3"].map((n) => UserId.make(`00000000-0000-4000-8000-00000000000${n}`)) as [
  UserId,
  UserId,
  UserId
]

/** Waits for a turn, and records when it comes. */
const queue = (turns: Turns, user: UserId, order: Array<UserId>) =>
  turns.take(user).pipe(
    Effect.andThen(Effect.sync(() => order.push(user))),
    Effect.forkChild({ startImmediately: true })
  )

describe("turns in one lane", () => {
  it.effect("go to the user whose last turn was longest ago, regardless of arrival", () =>
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

  it.effect("turns in one lane skip callers that have left, even at the moment of their turn", () =>
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

  it.effect("turns in one lane are held by as many at once as it has places, until their scopes end", () =>
    Effect.gen(function*() {
      const turns = makeTurns(2)
      const order: Array<UserId> = []
      const hold = Effect.fnUntraced(function*(user: UserId) {
        const leave = yield* Deferred.make<void>()
        const held = turns.hold(user).pipe(
          Effect.andThen(Effect.sync(() => order.push(user))),
          Effect.andThen(Deferred.await(leave)),
          Effect.scoped
        )
        return { leave, fiber: yield* Effect.forkChild(held, { startImmediately: true }) }
      })
      const [first, second, third, fourth] = [yield* hold(ann), yield* hold(ann), yield* hold(ann), yield* hold(bob)]
      assert.deepStrictEqual([order, turns.isTaken(), turns.waiting()], [[ann, ann], true, 2])
      yield* Deferred.succeed(second.leave, undefined)
      yield* Fiber.join(second.fiber)
      yield* Effect.yieldNow
      assert.deepStrictEqual(order, [ann, ann, bob])
      // One that waits can leave, and a place is free once the others have left.
      yield* Fiber.interruptAll([third.fiber, first.fiber])
      assert.deepStrictEqual([order, turns.isTaken(), turns.waiting()], [[ann, ann, bob], false, 0])
      yield* Fiber.interrupt(fourth.fiber)
      assert.deepStrictEqual([turns.takeNow(ann), turns.takeNow(bob), turns.takeNow(cid)], [true, true, false])
    }))

  it("turns in one lane are taken immediately only while the lane is free", () => {
    const turns = makeTurns()
    assert.deepStrictEqual([turns.takeNow(ann), turns.takeNow(bob)], [true, false])
    turns.release()
    assert.isTrue(turns.takeNow(bob))
  })
})
