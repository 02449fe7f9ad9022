/** Validates an environment: gathers the facts that the chosen checks need, and judges them. */
import { Effect } from "effect"
import { type Group, groups, toResult } from "./Check.ts"
import { checks } from "./checks.ts"
import type { FactName } from "./Facts.ts"
import { gather, type Gathering } from "./facts/gather.ts"

interface Validation extends Omit<Gathering, "wanted" | "onSeen"> {
  readonly only: ReadonlyArray<Group>
  /** Of these groups, only the checks named so, such as `security cors`; without it, all of them. */
  readonly named?: ReadonlyArray<string>
  readonly onSeen: (name: FactName, left: ReadonlyArray<FactName>) => Effect.Effect<void>
}

export const validate = Effect.fnUntraced(function*({ named, only, onSeen, ...gathering }: Validation) {
  const chosen = groups.filter((group) => only.length === 0 || only.includes(group)).flatMap((group) =>
    checks[group].filter(({ check }) => named?.includes(`${group} ${check}`) ?? true).map((check) => ({ group, check }))
  )
  const wanted = new Set(chosen.flatMap(({ check }) => check.needs))
  const left = new Set(wanted)
  const facts = yield* gather({
    ...gathering,
    wanted,
    onSeen: (name) =>
      Effect.suspend(() => {
        left.delete(name)
        return onSeen(name, [...left])
      })
  })
  return chosen.map(({ check, group }) => toResult(group, check, facts, gathering.expected))
})
