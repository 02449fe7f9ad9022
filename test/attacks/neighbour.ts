/**
 * The effect of an attack on another user, measured by a separate process so that the attacker's load does not distort the
 * figures.
 */
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

/** In milliseconds: the most an attack may slow down another user. */
const bearable = 250

/** Sends requests until there are this many answers, for at most this many seconds. */
const probe = Effect.fnUntraced(function*(url: URL, key: string, answers: number, seconds: number) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const program = new URL("probe.ts", import.meta.url).pathname
  const output = yield* spawner.string(
    ChildProcess.make(execPath, [program, url.href, key, String(answers), String(seconds)])
  )
  return yield* decode(output)
})

/**
 * A neighbour repeats one request before the attack, with the process warm and idle, and then during it. On a machine that
 * is slow even when idle, the attack is judged against that.
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
