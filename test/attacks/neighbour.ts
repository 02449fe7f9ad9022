/** What another user feels of an attack: measured by a process of its own, so that the attacker's load is not in the figures. */
import { Effect, Schema } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { execPath } from "node:process"
import { must } from "../faults/judge.ts"

const Felt = Schema.Struct({
  answers: Schema.Int,
  failed: Schema.Int,
  p50: Schema.Number,
  p99: Schema.Number,
  most: Schema.Number
})
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Felt))

/** In milliseconds: what a neighbour may feel of an attack. */
const bearable = 250

/** Asks until there are so many answers, for at most so many seconds. */
const probe = Effect.fnUntraced(function*(url: URL, key: string, answers: number, seconds: number) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const program = new URL("probe.ts", import.meta.url).pathname
  const output = yield* spawner.string(
    ChildProcess.make(execPath, [program, url.href, key, String(answers), String(seconds)])
  )
  return yield* decode(output)
})

/**
 * A neighbour who asks for one thing before the attack, when the process is warm and all is quiet, and then while it runs. On a
 * machine that is slow when all is quiet an attack is judged by that.
 */
export const neighbour = Effect.fnUntraced(function*(url: URL, key: string) {
  yield* probe(url, key, 50, 10)
  const quiet = yield* probe(url, key, 100, 10)
  const most = Math.max(bearable, 10 * quiet.p99)
  return {
    /** Fails if the neighbour's requests take too long. */
    mustNotNotice: Effect.gen(function*() {
      const { answers, failed, p50, p99 } = yield* probe(url, key, 150, 20)
      const felt = `a neighbour's GET took ${p50} ms at p50 and ${p99} ms at p99 (${answers} answers; ${quiet.p50} and `
        + `${quiet.p99} ms before)`
      yield* must(failed === 0, `${failed} requests of a neighbour failed; ${felt}.`)
      yield* must(p99 < most, `${felt}.`)
      return felt
    })
  }
})
