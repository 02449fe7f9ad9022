/** Everywhere that data of a document may be: every table's rows, the data folder, and the provider. */
import { Effect, FileSystem, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { World } from "../faults/World.ts"

/** Every row of every table, as text. */
export const allRows = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`
    SELECT relname::text AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname`
  const rows = yield* Effect.forEach(
    tables,
    ({ name }) => sql<{ readonly row: string }>`SELECT ${name} || ' ' || t::text AS row FROM ${sql(name)} t`
  )
  return rows.flat().map(({ row }) => row)
})

/** What the processes wrote, except the embedded database's own files, which keep a deleted row until it is vacuumed. */
export const allFiles = Effect.gen(function*() {
  const { directory } = yield* World
  const fs = yield* FileSystem.FileSystem
  const names = yield* fs.readDirectory(directory, { recursive: true })
  const ours = names.filter((name) => /^(storage|logs)\//.test(name))
  const texts = yield* Effect.forEach(ours, (name) =>
    fs.readFileString(`${directory}/${name}`).pipe(
      Effect.map((text) => `${name} ${text}`),
      // Deleted since it was listed, or a folder.
      Effect.orElseSucceed(() => "")
    ))
  return texts
})

/** The parses that the mock LlamaParse has. */
export const parsesAtTheProvider = Effect.gen(function*() {
  const { urls } = yield* World
  const body = yield* Effect.promise(() =>
    fetch(new URL("/api/v2/parse?page_size=1000", urls.llamaparse), {
      headers: { authorization: "Bearer local-mock-key" }
    }).then((response) => response.json())
  )
  const { items } = yield* decodeParses(body)
  return items.map(({ id, status }) => `${id} ${status}`)
})

const decodeParses = Schema.decodeUnknownEffect(Schema.Struct({
  items: Schema.Array(Schema.Struct({ id: Schema.String, status: Schema.String }))
}))

/** The texts that contain the word, shortened. */
export const findIn = (texts: ReadonlyArray<string>, word: string): ReadonlyArray<string> =>
  texts.filter((text) => text.includes(word)).map((text) => `${text.slice(0, 60)}… …${around(text, word)}…`)

const around = (text: string, word: string): string => {
  const at = text.indexOf(word)
  return text.slice(Math.max(0, at - 60), at + 40)
}

/** Files that no row names, and rows whose file is missing. */
export const strays = Effect.gen(function*() {
  const { directory } = yield* World
  const fs = yield* FileSystem.FileSystem
  const sql = yield* SqlClient.SqlClient
  const folder = `${directory}/storage`
  const names = yield* Effect.orElseSucceed(fs.readDirectory(folder, { recursive: true }), () => [])
  const files = yield* Effect.filter(
    names,
    (name) => Effect.orElseSucceed(Effect.map(fs.stat(`${folder}/${name}`), ({ type }) => type === "File"), () => false)
  )
  const rows = yield* sql<{ readonly path: string }>`
    SELECT raw_path AS path FROM documents
    UNION SELECT parsed_path FROM upload_jobs WHERE parsed_path IS NOT NULL`
  const named = new Set(rows.map(({ path }) => path))
  return {
    files: files.filter((file) => !named.has(file)),
    rows: [...named].filter((path) => !files.includes(path))
  }
})
