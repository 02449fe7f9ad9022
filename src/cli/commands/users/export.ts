/** `accessa users export`: a user's rows and files, written to a folder. */
import { Effect, FileSystem, Path } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { ExportedFile } from "../../../api/users.ts"
import { UserId } from "../../../domain/Ids.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { Output } from "../../terminal/Output.ts"

export const usersExport = Command.make("export", {
  user: Argument.String("user").pipe(Argument.withDescription("The user's id"), Argument.withSchema(UserId)),
  out: Flag.String("out").pipe(Flag.withDescription("The folder to write to; it must not exist yet")),
  reason: Flag.String("reason").pipe(Flag.withDescription("Reason, for the audit log"))
}, ({ out, reason, user }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const output = yield* Output
    const headers = { "x-reason": reason }
    const write = <A>(effect: Effect.Effect<A, { readonly message: string }>) =>
      Effect.mapError(effect, ({ message }) => notWritten(out, message))

    yield* write(fs.makeDirectory(path.dirname(path.resolve(out)), { recursive: true }))
    // Only the owner may read what is written here.
    yield* write(fs.makeDirectory(out, { mode: 0o700 }))
    yield* write(fs.makeDirectory(path.join(out, "files"), { mode: 0o700 }))
    const records = path.join(out, "records.ndjson")
    yield* write(fs.writeFileString(records, "", { mode: 0o600 }))

    const save = Effect.fnUntraced(function*({ documentId, kind }: typeof ExportedFile.Type) {
      const bytes = yield* call((api) =>
        api.users.file({ params: { user_id: user, document_id: documentId, kind }, headers })
      )
      yield* write(fs.writeFile(path.join(out, "files", `${documentId}.${kind}`), bytes, { mode: 0o600 }))
    })

    const seen = { records: 0, files: 0 }
    let cursor: string | null = null
    do {
      const query: { readonly cursor?: string } = cursor === null ? {} : { cursor }
      const page = yield* call((api) => api.users.export({ params: { user_id: user }, query, headers }))
      const lines = page.records.map((record) => `${JSON.stringify(record)}\n`).join("")
      yield* write(fs.writeFileString(records, lines, { flag: "a" }))
      for (const file of page.files) yield* save(file)
      seen.records += page.records.length
      seen.files += page.files.length
      if (output.stderrIsTerminal) yield* output.draw(`\r${seen.records} rows, ${seen.files} files …`)
      cursor = page.nextCursor
    } while (cursor !== null)
    if (output.stderrIsTerminal) yield* output.draw("\r\u001b[K")
    yield* output.record({ user_id: user, folder: out, ...seen })
    yield* output.print(
      `${output.style.green("✓")} ${seen.records} rows are in ${records}, ${seen.files} files in ${
        path.join(out, "files")
      }.`
    )
  })).pipe(Command.withDescription("Export all data of a user to a folder"))

const notWritten = (out: string, message: string) =>
  failure(
    "failed",
    "EXPORT_NOT_WRITTEN",
    `${out} cannot be written: ${message}`,
    "Name a folder that does not exist yet, on a disk with room."
  )
