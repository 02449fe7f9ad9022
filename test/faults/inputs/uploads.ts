/** Uploads that are empty, too long, misnamed, repeated or interrupted. */
import { Effect } from "effect"
import { type OutgoingHttpHeaders, request } from "node:http"
import { anotherUser, mustLeaveNothing, startApi, storedFiles } from "../api.ts"
import type { Case } from "../Case.ts"
import { count, eventually, must } from "../judge.ts"
import { World } from "../World.ts"

const text = (n: number) => `# Policy ${n}\n\nWater damage is covered up to ${n},000 dollars.\n`
const multipart = { "content-type": "multipart/form-data; boundary=x" }

const part = (name: string, content: string) =>
  `--x\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n${content}`
const megabyte = 1_000_000
/** Longer than what is held back to detect its type. */
const half = part("a.txt", "half a document ".repeat(20_000))

export const cases: ReadonlyArray<Case> = [
  {
    id: "B1",
    title: "a file of 0 bytes",
    expected: "422 EMPTY_FILE, and no row and no file.",
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      yield* mustLeaveNothing(yield* upload("empty.pdf", ""), 422, "EMPTY_FILE")
      return "422 EMPTY_FILE; nothing is left."
    })
  },
  {
    id: "B2",
    title: "one byte over the limit, with a length, without one, and with a wrong one",
    expected: "A file at the limit is accepted. One byte more is 413 while it arrives, and nothing is left of it.",
    run: Effect.gen(function*() {
      const { ask, key, upload } = yield* startApi({ settings: { MAX_UPLOAD_MB: "1" } })
      const over = `${"x".repeat(megabyte)}y`
      yield* mustLeaveNothing(yield* upload("over.txt", over), 413, "FILE_TOO_LARGE")
      const chunked = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(Buffer.from(`${part("over.txt", over)}\r\n--x--\r\n`))
          controller.close()
        }
      })
      const headers = multipart
      const unmeasured = yield* ask("/api/v1/documents", { method: "POST", headers, body: chunked, duplex: "half" })
      yield* mustLeaveNothing(unmeasured, 413, "FILE_TOO_LARGE")
      const announced = yield* refusedEarly(key, 900_000_000, part("a.txt", "short"))
      yield* must(announced === 413, `A false length of 900 MB was answered ${announced}.`)
      yield* breakOff(key, { "content-length": 900_000 }, half)
      const full = yield* upload("full.txt", "x".repeat(megabyte))
      yield* must(full.status === 202, `A file at the limit was answered ${full.status} ${full.code}.`)
      return "413 three times, nothing left; 1,000,000 bytes are accepted."
    })
  },
  {
    id: "B12",
    title: "file names with parent folders, hidden characters or line breaks, or of excessive length",
    expected: "The file is stored under the document's own id; its name is shown cleaned. U+0000 is refused.",
    run: Effect.gen(function*() {
      const { ask } = yield* startApi()
      const names = [
        "../../etc/passwd.md",
        "..\\..\\windows\\system32\\a.md",
        "/etc/passwd",
        "a\u0000b.md",
        "a\u202efdp.md",
        `${"n".repeat(5_000)}.md`,
        "....",
        "..",
        "NUL.md",
        "CON",
        " .md",
        "a%0d%0aset-cookie: x.md",
        "名前\u2028.md",
        "<script>alert(1)</script>.md"
      ]
      let taken = 0
      for (const [n, name] of names.entries()) {
        const body = Buffer.from(`${part(name.replaceAll("\"", "%22"), text(n))}\r\n--x--\r\n`)
        const headers = multipart
        const answer = yield* ask("/api/v1/documents", { method: "POST", headers, body })
        if (name.includes("\u0000") && answer.code === "BAD_MULTIPART") continue
        yield* must(
          answer.status === 202,
          `${JSON.stringify(name.slice(0, 40))} was answered ${answer.status} ${answer.code}.`
        )
        taken++
        const shown = String(answer.body["filename"])
        // oxlint-disable-next-line no-control-regex
        const isClean = /^[^\u0000-\u001f\u007f\u2028-\u202e/\\]{1,255}$/.test(shown) && !/^\.+$/.test(shown)
        yield* must(
          isClean || shown === "....",
          `${JSON.stringify(name.slice(0, 40))} is shown as ${JSON.stringify(shown)}.`
        )
      }
      const files = yield* storedFiles
      const strange = files.filter((file) => !/^raw\/[0-9a-f-]{36}\/[0-9a-f-]{36}-[0-9a-f-]{36}\.[a-z]+$/.test(file))
      yield* must(strange.length === 0, `It is stored as ${strange.join(", ")}.`)
      yield* must(files.length === taken, `${files.length} files of ${taken} are stored.`)
      return `${taken} of ${names.length} names accepted, every file under its document's id.`
    })
  },
  {
    id: "B13",
    title: "the same name with different content",
    expected: "Two documents.",
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const one = yield* upload("policy.md", text(1))
      const two = yield* upload("policy.md", text(2))
      yield* must(one.body["document_id"] !== two.body["document_id"], "They are one document.")
      yield* must((yield* count("SELECT count(*) FROM documents")) === 2, "There are not two rows.")
      return "Two documents, two jobs."
    })
  },
  {
    id: "B14",
    title: "the same bytes under another name",
    expected: "200 with the existing job, no second one; a second one if forced.",
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const one = yield* upload("a.md", text(1))
      const two = yield* upload("b.md", text(1))
      yield* must(two.status === 200 && two.body["job_id"] === one.body["job_id"], `It was answered ${two.status}.`)
      const forced = yield* upload("b.md", text(1), { fields: { force: "true" } })
      yield* must(forced.status === 202, `Forced, it was answered ${forced.status}.`)
      const jobs = yield* count("SELECT count(*) FROM upload_jobs")
      yield* must(jobs === 2, `There are ${jobs} jobs.`)
      return "The duplicate returns the first job; forced, it becomes a second one."
    })
  },
  {
    id: "B15",
    title: "the same bytes from another tenant",
    expected: "A separate document, answered like a first upload; neither tenant sees the other's.",
    run: Effect.gen(function*() {
      const { ask, upload } = yield* startApi()
      const as = yield* anotherUser
      const mine = yield* upload("a.md", text(1))
      const theirs = yield* upload("a.md", text(1), { as })
      yield* must(theirs.status === 202 && theirs.body["duplicate"] === false, `It was answered ${theirs.status}.`)
      yield* must(mine.body["job_id"] !== theirs.body["job_id"], "They share a job.")
      for (const path of [`/api/v1/jobs/${mine.body["job_id"]}`, `/api/v1/documents/${mine.body["document_id"]}`]) {
        const { status } = yield* ask(path, {}, as)
        yield* must(status === 404, `The other tenant was answered ${status} for ${path}.`)
      }
      return "Two documents; the other tenant's is 404."
    })
  },
  {
    id: "B16",
    title: "ten uploads of the same bytes at once",
    expected: "One job; the others are answered with its id.",
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const answers = yield* Effect.all(
        Array.from({ length: 10 }, (_, n) => upload(`${n}.md`, text(1))),
        { concurrency: "unbounded" }
      )
      const ids = new Set(answers.map(({ body }) => body["job_id"]))
      yield* must(ids.size === 1, `They were answered with ${ids.size} jobs.`)
      const jobs = yield* count("SELECT count(*) FROM upload_jobs")
      yield* must(jobs === 1, `There are ${jobs} jobs.`)
      const files = yield* storedFiles
      yield* must(files.length === 1, `${files.length} files are stored.`)
      return `1 × 202, ${answers.filter(({ status }) => status === 200).length} × 200, one job and one file.`
    })
  },
  {
    id: "B22",
    title: "multipart without a file, with two files, with another boundary, and interrupted halfway",
    expected: "400, and nothing is left, even of the interrupted one.",
    run: Effect.gen(function*() {
      const { ask, key } = yield* startApi()
      const headers = multipart
      const end = "\r\n--x--\r\n"
      const bodies: ReadonlyArray<readonly [string, string]> = [
        ["--x--\r\n", "FILE_MISSING"],
        [`${part("a.md", text(1))}\r\n${part("b.md", text(2))}${end}`, "TOO_MANY_FILES"],
        [`${part("a.md", text(1))}${end}`.replaceAll("--x", "--y"), "BAD_MULTIPART"],
        [part("a.md", text(1)), "BAD_MULTIPART"],
        ["", "BAD_MULTIPART"]
      ]
      for (const [body, code] of bodies) {
        yield* mustLeaveNothing(yield* ask("/api/v1/documents", { method: "POST", headers, body }), 400, code)
      }
      yield* breakOff(key, {}, half)
      return "400 each time; nothing of the interrupted one is left."
    })
  }
]

/** Sends a body that is shorter than its stated length, and returns the status that arrives nevertheless. */
const refusedEarly = Effect.fnUntraced(function*(key: string, length: number, body: string) {
  const { urls } = yield* World
  return yield* Effect.callback<number | undefined>((resume) => {
    const outgoing = request(new URL("/api/v1/documents", urls.api), {
      method: "POST",
      headers: { ...multipart, "content-length": length, authorization: `Bearer ${key}` }
    }, (response) => {
      resume(Effect.succeed(response.statusCode))
      outgoing.destroy()
    })
    outgoing.on("error", () => resume(Effect.undefined))
    outgoing.write(body)
    return Effect.sync(() => void outgoing.destroy())
  })
})

/** An upload that is interrupted when part of it is in the storage; nothing of it may stay there. */
const breakOff = Effect.fnUntraced(function*(key: string, headers: OutgoingHttpHeaders, body: string) {
  const { urls } = yield* World
  const outgoing = request(new URL("/api/v1/documents", urls.api), {
    method: "POST",
    headers: { ...multipart, ...headers, authorization: `Bearer ${key}` }
  })
  const ended = Effect.callback<void>((resume) => {
    outgoing.once("close", () => resume(Effect.void))
    outgoing.destroy()
  })
  // Its end is expected and reported by `close`.
  outgoing.on("error", () => {})
  const before = yield* storedFiles
  outgoing.write(body)
  yield* eventually(storedFiles, (files) => files.length > before.length, () => "Nothing of it was stored.").pipe(
    Effect.ensuring(ended)
  )
  yield* eventually(storedFiles, (files) => files.length === before.length, (files) => `There is ${files.join(", ")}.`)
})
