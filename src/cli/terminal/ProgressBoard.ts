/**
 * Progress of many documents: on a terminal a block of lines that is redrawn in place and never exceeds the screen;
 * otherwise one line per change; nothing with `--json`.
 */
import { Clock, Context, Effect, Layer, Semaphore } from "effect"
import { CliOutput } from "effect/cli"
import { isTerminal } from "../../domain/JobStatus.ts"
import { count } from "./humanize.ts"
import { Output } from "./Output.ts"
import { printable } from "./printable.ts"
import { type DocumentProgress, progressLine, stageText } from "./ProgressLine.ts"
import type { Style } from "./Style.ts"

export class ProgressBoard extends Context.Service<ProgressBoard, {
  /** Shows a document's current state; one that has ended leaves the block. */
  readonly show: (document: DocumentProgress) => Effect.Effect<void>
  readonly drop: (name: string) => Effect.Effect<void>
  /** Writes permanent lines above the block. */
  readonly above: (write: Effect.Effect<void>) => Effect.Effect<void>
}>()("accessa/cli/ProgressBoard") {
  static readonly layer: Layer.Layer<ProgressBoard, never, Output> = Layer.effect(
    ProgressBoard,
    Effect.suspend(() => choose)
  )
}

const choose = Effect.gen(function*() {
  const output = yield* Output
  return output.stderrIsTerminal ? yield* redrawn(output) : output.json ? silent : yield* lineByLine(output)
})

const silent = ProgressBoard.of({ show: () => Effect.void, drop: () => Effect.void, above: (write) => write })

const lineByLine = (output: Output["Service"]) =>
  Effect.sync(() => {
    const last = new Map<string, string>()
    return ProgressBoard.of({
      show: (document) => {
        const stage = document.job?.status ?? "uploading"
        if (last.get(document.name) === stage || (document.job !== undefined && isTerminal(document.job.status))) {
          return Effect.void
        }
        last.set(document.name, stage)
        return output.note(`${printable(document.name)}  ${stageText(document)}`)
      },
      drop: (name) => Effect.sync(() => void last.delete(name)),
      above: (write) => write
    })
  })

const redrawn = (output: Output["Service"]) =>
  Effect.gen(function*() {
    const documents = new Map<string, DocumentProgress>()
    const pen = yield* Semaphore.make(1)
    let height = 0
    let drawn = ""
    const wipe = Effect.suspend(() => {
      const back = height === 0 ? "" : `\r${height > 1 ? `\u001b[${height - 1}A` : ""}\u001b[J`
      height = 0
      drawn = ""
      return back === "" ? Effect.void : output.draw(back)
    })
    const redraw = Effect.gen(function*() {
      const { columns, rows } = yield* output.size
      const now = yield* Clock.currentTimeMillis
      const lines = block([...documents.values()], {
        columns: columns - 1,
        rows: rows - 1,
        now,
        style: output.noteStyle
      })
      const back = height > 1 ? `\r\u001b[${height - 1}A\u001b[J` : "\r\u001b[J"
      if (lines.length === 0) return yield* wipe
      if (lines.join("\n") === drawn) return
      height = lines.length
      drawn = lines.join("\n")
      yield* output.draw(back + drawn)
    })
    yield* Effect.addFinalizer(() => pen.withPermits(1)(wipe))
    yield* pen.withPermits(1)(redraw).pipe(Effect.delay("100 millis"), Effect.forever, Effect.forkScoped)
    return ProgressBoard.of({
      show: (document) => Effect.sync(() => void documents.set(document.name, document)),
      drop: (name) => Effect.sync(() => void documents.delete(name)),
      above: (write) => pen.withPermits(1)(Effect.andThen(wipe, write))
    })
  })

/** The lines of the block: active documents first, and a last line for the rest if there are too many. */
export const block = (
  documents: ReadonlyArray<DocumentProgress>,
  options: { readonly columns: number; readonly rows: number; readonly now: number; readonly style: Style }
): ReadonlyArray<string> => {
  const room = Math.max(1, options.rows)
  const inOrder = documents.toSorted((a, b) => rank(a) - rank(b))
  const shown = inOrder.length <= room ? inOrder : inOrder.slice(0, room - 1)
  const nameWidth = Math.max(0, ...shown.map(({ name }) => CliOutput.displayWidth(printable(name))))
  const lines = shown.map((document) => progressLine(document, { ...options, nameWidth }))
  return shown.length === inOrder.length ? lines : [...lines, `… and ${count(inOrder.length - shown.length)} more`]
}

const rank = ({ job }: DocumentProgress): number =>
  job === undefined ? 1 : job.status === "uploaded" ? 2 : job.lastError === null ? 0 : 1
