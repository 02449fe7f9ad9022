/** `accessa ingest --dry-run`: what would be sent, and what would not and why. Nothing is sent. */
import { Effect, FileSystem, Stream } from "effect"
import { errorCodes } from "../../../domain/ErrorCode.ts"
import { judgeFile } from "../../../domain/judgeFile.ts"
import { type MediaType, mediaTypes } from "../../../domain/mediaType.ts"
import { sniffedBytes } from "../../../domain/sniff.ts"
import { failure, failureRecord, failureText } from "../../CommandFailure.ts"
import { bytes, count } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"
import { bytesOf, type Found, type LocalFile } from "./LocalFile.ts"

export const dryRun = Effect.fn("cli.dryRun")(function*({ files, skipped }: Found) {
  const output = yield* Output
  const taken: Array<Taken> = []
  for (const file of files) {
    const judged = yield* Effect.result(judge(file))
    if (judged._tag === "Success") {
      taken.push(judged.success)
      const { mediaType, size } = judged.success
      yield* output.print(`  ${printable(file.name)}  ${mediaTypes[mediaType]}  ${bytes(size)}`)
      yield* output.record({ filename: file.name, taken: true, media_type: mediaType, bytes: size })
    } else {
      yield* output.print(failureText(judged.failure, output.style, file.name))
      yield* output.record({ filename: file.name, taken: false, ...failureRecord(judged.failure) })
    }
  }
  for (const { name, reason } of skipped) {
    yield* output.print(output.style.dim(`- ${printable(name)}  ${reason}`))
    yield* output.record({ filename: name, taken: false, skipped: reason })
  }
  for (const line of summary(taken)) yield* output.note(line)
  const bad = files.length - taken.length
  if (bad > 0) {
    return yield* failure("failed", "DOCUMENTS_REFUSED", `${bad} of ${files.length} files would be refused.`, "")
  }
})

interface Taken {
  readonly mediaType: MediaType
  readonly size: number
}

const judge = Effect.fnUntraced(function*(file: LocalFile) {
  const fs = yield* FileSystem.FileSystem
  const { size } = yield* bytesOf(file)
  const head = yield* Stream.runCollect(fs.stream(file.path, { bytesToRead: sniffedBytes })).pipe(
    Effect.mapError(() =>
      failure("failed", "FILE_UNREADABLE", `${file.name} cannot be read.`, "Check its permissions.")
    )
  )
  const judgement = judgeFile(file.name, Buffer.concat(head))
  if (judgement._tag === "Accepted") return { mediaType: judgement.mediaType, size }
  const { code, what } = judgement.refusal
  return yield* failure("failed", code, what, errorCodes[code].help)
})

/** By type, the largest first. */
const summary = (taken: ReadonlyArray<Taken>): ReadonlyArray<string> => {
  const all = taken.reduce((sum, { size }) => sum + size, 0)
  const kinds = Object.entries(Object.groupBy(taken, ({ mediaType }) => mediaType)).map(([type, found]) => ({
    type,
    files: found.length,
    size: found.reduce((sum, { size }) => sum + size, 0)
  }))
  return [
    `${count(taken.length)} ${taken.length === 1 ? "file" : "files"} (${bytes(all)}) would be sent.`,
    ...kinds.toSorted((a, b) => b.size - a.size).map(({ files, size, type }) =>
      `  ${count(files)} ${type}  ${bytes(size)}`
    )
  ]
}
