/** A command's output: results to stdout, everything else to stderr; with `--json` only JSON on stdout. */
import { Config, Console, Context, Effect, Layer, Stdio, Stream, Terminal } from "effect"
import { type CommandFailure, failureRecord, failureText } from "../CommandFailure.ts"
import { coloured, plain, type Style } from "./Style.ts"

export class Output extends Context.Service<Output, {
  readonly json: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Of stdout and of stderr. */
  readonly style: Style
  readonly noteStyle: Style
  /** 100 columns without a terminal. */
  readonly size: Effect.Effect<Terminal.Size>
  /** A line of the result for a person; nothing with `--json`. */
  readonly print: (line: string) => Effect.Effect<void>
  /** The result for a program: one JSON document on its own line, only with `--json`. */
  readonly record: (value: unknown) => Effect.Effect<void>
  readonly note: (line: string) => Effect.Effect<void>
  /** Written to stderr unchanged, for drawing. */
  readonly draw: (text: string) => Effect.Effect<void>
  readonly fail: (failure: CommandFailure) => Effect.Effect<void>
}>()("accessa/cli/Output") {
  static readonly layer = (json: boolean): Layer.Layer<Output, Config.ConfigError, Stdio.Stdio | Terminal.Terminal> =>
    Layer.effect(
      Output,
      Effect.gen(function*() {
        const stdio = yield* Stdio.Stdio
        const terminal = yield* Terminal.Terminal
        const stdoutIsTerminal = yield* stdio.stdoutIsTerminal
        const stderrIsTerminal = yield* stdio.stderrIsTerminal
        const mayColour = (yield* text("NO_COLOR")) === "" && (yield* text("TERM")) !== "dumb"
        const noteStyle = mayColour && stderrIsTerminal ? coloured : plain
        const note = (line: string) => Console.error(line)
        return Output.of({
          json,
          stdoutIsTerminal,
          stderrIsTerminal: stderrIsTerminal && (yield* text("TERM")) !== "dumb",
          style: mayColour && stdoutIsTerminal ? coloured : plain,
          noteStyle,
          size: Effect.all({ columns: terminal.columns, rows: terminal.rows }).pipe(
            Effect.map(({ columns, rows }) => ({ columns: columns > 0 ? columns : 100, rows: rows > 0 ? rows : 24 }))
          ),
          print: (line) => json ? Effect.void : Console.log(line),
          record: (value) => json ? Console.log(JSON.stringify(value)) : Effect.void,
          note,
          // a terminal that is gone needs no drawing
          draw: (text) => Stream.run(Stream.succeed(text), stdio.stderr()).pipe(Effect.ignore),
          fail: (failure) => note(json ? JSON.stringify(failureRecord(failure)) : failureText(failure, noteStyle))
        })
      })
    )
}

const text = (name: string) => Config.String(name).pipe(Config.withDefault(""))
