/** The queue compared with its model: workers, users and callbacks act in any order. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { activeStatuses, type Edge, edges, failureOf } from "../../src/domain/JobStatus.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { type Command, commands } from "./Command.ts"
import { makeMachine } from "./Machine.ts"

const play = Effect.fnUntraced(function*(list: ReadonlyArray<Command>) {
  const machine = yield* makeMachine
  for (const command of list) yield* machine.run(command)
  return yield* machine.finish
})

const named = ({ from, to }: Pick<Edge, "from" | "to">) => `${from} → ${to}`

/** A server syncs every step to disk, which is slow; each edge is tested below. */
const runs = { pglite: 75, postgres: 40 }

onEachDatabase("the state machine", (it, name) => {
  it.layer(stores)((it) => {
    const taken = new Set<string>()

    it.effect.prop(
      "the state machine matches its model in any interleaving",
      { commands },
      ({ commands }) =>
        Effect.gen(function*() {
          for (const edge of yield* play(commands)) taken.add(edge)
        }),
      { timeout: 120_000, arbitrary: { runs: runs[name], seed: "accessa", size: 120 } }
    )

    it.effect.runIf(name === "pglite")("took every edge of the graph in those runs", () =>
      Effect.sync(() => {
        assert.sameMembers([...taken], edges.map(named))
      }))

    const claim = { do: "claim", worker: 0, limit: 0 } as const
    /** A claim, and the steps to a status. */
    const reach = (status: Edge["from"]): ReadonlyArray<Command> => {
      const steps = activeStatuses.indexOf(status)
      return [
        claim,
        ...(steps === 0 ? [] : [{ do: "advance", holding: 0, further: steps - 1, atOnce: false } as const])
      ]
    }
    const fail = { do: "fail", holding: 0, gone: false } as const
    const crashes: ReadonlyArray<Command> = [0, 1, 2].flatMap(() => [
      { do: "crash", job: 0 },
      { do: "crash", job: 1 },
      { ...claim, limit: 1 }
    ])
    const ways: Record<Edge["kind"], (edge: Edge) => ReadonlyArray<ReadonlyArray<Command>>> = {
      advance: ({ from }) => [
        [...reach(from), { do: "advance", holding: 0, further: 0, atOnce: false }],
        [...reach(from), { do: "advance", holding: 0, further: 4, atOnce: true }]
      ],
      fail: ({ from }) => [
        [...reach(from), fail],
        [...reach(from), { do: "cancel", job: 0 }, { do: "cancel", job: 1 }],
        [...reach(from), ...crashes]
      ],
      retry: ({ from, to }) => [
        failureOf(to) === from
          ? [...reach(to), fail, { do: "retry", job: 0 }, { do: "retry", job: 1 }]
          : [...reach("chunking"), { ...fail, gone: true }, { do: "retry", job: 0 }, { do: "retry", job: 1 }]
      ]
    }
    it.effect.each(edges)(
      "the state machine can go $from → $to",
      (edge) =>
        Effect.gen(function*() {
          for (const way of ways[edge.kind](edge)) assert.include(yield* play(way), named(edge))
        })
    )
  })
})
