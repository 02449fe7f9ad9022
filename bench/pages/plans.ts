/** Explains each statement right before it runs, in its own transaction and with its parameters. */
import { Context, Effect } from "effect"
import { Statement } from "effect/sql"

/** The plans so far, in the order of the statements. */
export class Plans extends Context.Service<Plans, { readonly lines: Array<string> }>()("accessa/bench/Plans") {}

const explains = (text: string) => /^\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|\()/i.test(text)

export const explaining = Effect.fnUntraced(function*<A, E, R>(run: Effect.Effect<A, E, R>) {
  const { lines } = yield* Plans
  const transformer: Statement.Transformer = (statement, sql) => {
    const [text, parameters] = statement.compile()
    if (!explains(text)) return Effect.succeed(statement)
    return sql.unsafe<Record<string, string>>(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, parameters).pipe(
      Effect.tap((rows) =>
        Effect.sync(() =>
          lines.push(text, ...rows.flatMap((row) => Object.values(row)).map((line) => `    ${line}`), "")
        )
      ),
      Effect.as(statement),
      Effect.orElseSucceed(() => statement),
      Effect.provideService(Statement.CurrentTransformer, undefined)
    )
  }
  return yield* Effect.provideService(run, Statement.CurrentTransformer, transformer)
})
