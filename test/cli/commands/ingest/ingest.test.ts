import { NodeFileSystem } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect, Fiber, FileSystem } from "effect"
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { platform } from "node:process"
import { assert, describe } from "vitest"
import { runCli, spawnCli } from "../../../support/harness/runCli.ts"
import { serveApiStub } from "../../../support/stubs/ApiStub.ts"

const lines = (text: string) => text.trim().split("\n")

describe("ingest", () => {
  const folder = Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* fs.makeTempDirectoryScoped()
    yield* fs.makeDirectory(`${path}/below/.git`, { recursive: true })
    for (const name of ["a.md", "fails-b.md", "c.exe", ".hidden", "below/d.md", "below/.git/config"]) {
      yield* fs.writeFileString(`${path}/${name}`, `# ${name}`)
    }
    return path
  }).pipe(Effect.provide(NodeFileSystem.layer))

  it.live(
    "uploads a folder without its hidden files, follows each document to its end, and exits with 1 if "
      + "one failed",
    () =>
      Effect.gen(function*() {
        const { uploads, url } = yield* serveApiStub()
        const ran = yield* runCli([
          "ingest",
          yield* folder,
          "--wait",
          "--metadata",
          "a=1",
          "--metadata",
          "b=2",
          "--url",
          url.href
        ])
        assert.strictEqual(ran.code, 1)
        assert.sameMembers(uploads.map((upload) => upload.name), ["a.md", "fails-b.md", "d.md"])
        assert.deepStrictEqual(uploads.map((upload) => upload.fields["metadata"]), Array(3).fill(`{"a":"1","b":"2"}`))
        assert.strictEqual(uploads.find((upload) => upload.name === "d.md")?.content, "# below/d.md")
        assert.match(ran.stdout, /✓ \S+\/a\.md {2}complete {2}12 chunks/u)
        assert.match(ran.stdout, /✗ \S+\/fails-b\.md {2}failed_embedding EMBED_DIM_MISMATCH/u)
        assert.match(ran.stdout, /✗ \S+\/c\.exe {2}UNSUPPORTED_TYPE: .* · Convert it to one of PDF/u)
        assert.match(ran.stdout, /2 complete · 2 failed · /u)
        assert.match(ran.stderr, /a\.md {2}embedding 5\/12/u)
      })
  )

  /** With entries that cannot be read: a link that leads nowhere, one to itself, a socket. */
  const unreadable = Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* folder
    yield* fs.symlink("/nowhere", `${path}/below/old.md`)
    yield* fs.symlink(`${path}/loop.md`, `${path}/loop.md`)
    const server = createServer()
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => void server.listen(`${path}/s.sock`, () => resume(Effect.void))),
      () => Effect.sync(() => server.close())
    )
    return path
  }).pipe(Effect.provide(NodeFileSystem.layer))

  it.live("sends the rest of a folder if some entries cannot be read, names them and exits with 1", () =>
    Effect.gen(function*() {
      const { uploads, url } = yield* serveApiStub()
      const ran = yield* runCli(["ingest", yield* unreadable, "--no-wait", "--url", url.href])
      assert.strictEqual(ran.code, 1)
      assert.sameMembers(uploads.map(({ name }) => name), ["a.md", "fails-b.md", "d.md"])
      assert.match(ran.stdout, /✗ \S+\/old\.md {2}FILE_NOT_FOUND: /u)
      assert.match(ran.stdout, /✗ \S+\/loop\.md {2}FILE_UNREADABLE: /u)
      assert.match(ran.stdout, /✗ \S+\/s\.sock {2}NOT_A_FILE: \S+ is a socket\./u)
      assert.include(ran.stderr, "4 of 7 documents failed.")
    }))

  // Other systems have no such names.
  it.live.skipIf(platform !== "linux")(
    "says of a file whose name is not UTF-8 that its name is the problem",
    () =>
      Effect.gen(function*() {
        const path = yield* folder
        writeFileSync(Buffer.concat([Buffer.from(`${path}/caf`), Buffer.of(0xe9), Buffer.from(".md")]), "# Menu")
        const ran = yield* runCli(["ingest", path, "--dry-run"])
        assert.match(
          ran.stdout,
          /✗ \S+\/caf\ufffd\.md {2}FILE_UNREADABLE: \S+ has a name that is not UTF-8\. · Rename it/u
        )
      })
  )

  it.live("quotes the rest of a folder if some entries cannot be read or are refused, and exits with 1", () =>
    Effect.gen(function*() {
      const { uploads, url } = yield* serveApiStub()
      const ran = yield* runCli(["ingest", yield* unreadable, "--quote", "--url", url.href])
      assert.strictEqual(ran.code, 1)
      assert.lengthOf(uploads, 0)
      assert.match(ran.stdout, /✗ \S+\/c\.exe {2}UNSUPPORTED_TYPE: /u)
      assert.match(ran.stdout, /✗ \S+\/old\.md {2}FILE_NOT_FOUND: /u)
      assert.include(ran.stderr, "About $1.50 for 3 documents")
      assert.include(ran.stderr, "4 of 7 files have no quote.")
    }))

  it.live("with --dry-run lists what would be sent by type and size, and what would not and why, and sends nothing", () =>
    Effect.gen(function*() {
      const path = yield* unreadable
      const dry = ["ingest", path, "--dry-run", "--exclude", "fails-*", "--url", "http://127.0.0.1:1"]
      const ran = yield* runCli(dry)
      assert.strictEqual(ran.code, 1)
      assert.match(ran.stdout, /^ {2}\S+\/a\.md {2}Markdown {2}6 B$/mu)
      assert.match(ran.stdout, /✗ \S+\/old\.md {2}FILE_NOT_FOUND: /u)
      assert.match(ran.stdout, /^- \S+\/fails-b\.md {2}excluded$/mu)
      assert.match(ran.stdout, /^- \S+\/\.git {2}hidden$/mu)
      assert.include(ran.stderr, "2 files (18 B) would be sent.")
      const json = lines((yield* runCli([...dry, "--json"])).stdout).map((line) => JSON.parse(line))
      const exe = json.find(({ filename }) => filename.endsWith("c.exe"))
      assert.deepInclude(exe, { taken: false })
      assert.strictEqual(exe.error.code, "TYPE_MISMATCH")
    }))

  it.live("leaves out what --exclude matches, by name or by its place in the folder", () =>
    Effect.gen(function*() {
      const { uploads, url } = yield* serveApiStub()
      const path = yield* folder
      const ran = yield* runCli([
        "ingest",
        path,
        `${path}/c.exe`,
        "--no-wait",
        "--exclude",
        "below/*.md",
        "--exclude",
        "*.exe",
        "--url",
        url.href
      ])
      assert.strictEqual(ran.code, 0)
      assert.sameMembers(uploads.map(({ name }) => name), ["a.md", "fails-b.md"])
    }))

  it.live("stops at the first refused key, names it once and exits with 4", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub({ key: "right" })
      const path = yield* folder
      for (const more of [["--no-wait"], ["--wait", "--json"], ["--quote"]]) {
        const env = { ACCESSA_API_KEY: "wrong" }
        const ran = yield* runCli(["ingest", path, ...more, "--url", url.href], { env })
        assert.strictEqual(ran.code, 4)
        assert.lengthOf((ran.stdout + ran.stderr).match(/BAD_CREDENTIAL/gu) ?? [], 1)
        if (more[0] === "--no-wait") assert.include(ran.stdout, "0 complete · 0 failed · 4 not sent")
      }
    }))

  it.live("opens a file again that was written to while it was sent", () =>
    Effect.gen(function*() {
      const { uploads, url } = yield* serveApiStub()
      const path = `${yield* folder}/a.md`
      const until = Date.now() + 300
      const write = () => {
        appendFileSync(path, "more\n")
        if (Date.now() < until) setImmediate(write)
      }
      write()
      const ran = yield* runCli(["ingest", path, "--no-wait", "--url", url.href])
      assert.strictEqual(ran.code, 0)
      assert.deepStrictEqual(uploads.map(({ content }) => content), [readFileSync(path, "utf8")])
    }))

  it.live("sends a name without the characters that no header can hold", () =>
    Effect.gen(function*() {
      const { uploads, url } = yield* serveApiStub()
      const args = ["ingest", "-", "--name", "a\u001b[31m\nb.md", "--no-wait", "--url", url.href]
      assert.strictEqual((yield* runCli(args, { stdin: "# Note" })).code, 0)
      assert.strictEqual(uploads[0]?.name, "a[31mb.md")
    }))

  it.live("sends nothing if an argument names no file", () =>
    Effect.gen(function*() {
      const { uploads, url } = yield* serveApiStub()
      const path = yield* folder
      const ran = yield* runCli(["ingest", `${path}/a.md`, `${path}/typo.md`, "--no-wait", "--url", url.href])
      assert.strictEqual(ran.code, 2)
      assert.lengthOf(uploads, 0)
    }))

  it.live("with --json prints a line for each document and nothing else", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const ran = yield* runCli(["ingest", yield* folder, "--wait", "--json", "--url", url.href])
      const records = lines(ran.stdout).map((line) => JSON.parse(line))
      assert.sameMembers(records.map(({ status }) => status), ["complete", "complete", "failed_embedding", "rejected"])
      for (const record of records) {
        assert.containsAllKeys(record, [
          "job_id",
          "document_id",
          "filename",
          "status",
          "progress",
          "error_code",
          "correlation_id"
        ])
      }
      assert.strictEqual(JSON.parse(ran.stderr).error.code, "DOCUMENTS_FAILED")
    }))

  it.live("uploads a document from stdin under the given name", () =>
    Effect.gen(function*() {
      const { uploads, url } = yield* serveApiStub()
      const ran = yield* runCli(["ingest", "-", "--name", "note.md", "--force", "--priority", "5", "--url", url.href], {
        stdin: "# Note"
      })
      assert.strictEqual(ran.code, 0)
      assert.deepStrictEqual(uploads, [{
        name: "note.md",
        content: "# Note",
        fields: { force: "true", priority: "5" }
      }])
    }))

  it.live("says that stdin cannot be buffered where there is no room for it", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const args = ["ingest", "-", "--name", "note.md", "--url", url.href]
      const ran = yield* spawnCli(args, { stdin: "# Note", env: { TMPDIR: "/no/such/folder" } })
      assert.strictEqual(ran.code, 1)
      assert.include(ran.stderr, "STDIN_NOT_BUFFERED")
    }))

  it.live("leaves the jobs running at a timeout, exits with 5 and says how to resume", () =>
    Effect.gen(function*() {
      const stuck = yield* serveApiStub({ stuck: true })
      const ran = yield* runCli([
        "ingest",
        "-",
        "--name",
        "note.md",
        "--wait",
        "--timeout",
        "1s",
        "--url",
        stuck.url.href
      ])
      assert.strictEqual(ran.code, 5)
      assert.match(ran.stderr, /the job continues\. Resume with `accessa jobs watch [0-9a-f-]{36}`/u)
      assert.include(ran.stdout, "1 under way")
    }))

  it.live("leaves the jobs running at Ctrl-C", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub({ stuck: true })
      const ran = yield* spawnCli(["ingest", "-", "--name", "note.md", "--wait", "--url", url.href], {
        interruptAfter: "waiting"
      })
      assert.strictEqual(ran.code, 130)
      assert.include(ran.stderr, "Resume with `accessa jobs watch")
    }))

  it.live("ends as by SIGPIPE if the reader of its output is gone, and says that the jobs continue", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const ran = yield* spawnCli(["ingest", yield* folder, "--wait", "--json", "--url", url.href], { unread: true })
      assert.strictEqual(ran.code, 141)
      assert.match(ran.stderr, /(?:continues?: see|Resume with)/u)
      assert.notInclude(ran.stderr, "EPIPE")
    }))

  it.live("says once why it sends documents again that are refused for now", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const fs = yield* FileSystem.FileSystem
      const path = yield* fs.makeTempDirectoryScoped()
      for (const name of ["waits-a.md", "waits-b.md"]) yield* fs.writeFileString(`${path}/${name}`, `# ${name}`)
      const { code, stderr } = yield* runCli(["ingest", path, "--no-wait", "--url", url.href])
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(lines(stderr).filter((line) => line.includes("again")), [
        "Trying again for up to two minutes. STORAGE_UNAVAILABLE: The certificate of S3_ENDPOINT is not valid now."
      ])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.live("continues where it was when the API restarts", () =>
    Effect.gen(function*() {
      const first = yield* Effect.scoped(Effect.gen(function*() {
        const stub = yield* serveApiStub({ stuck: true })
        const ran = yield* Effect.forkDetach(
          runCli(["ingest", "-", "--name", "note.md", "--wait", "--url", stub.url.href])
        )
        yield* stub.watched
        return { ran, stub }
      }))
      yield* serveApiStub({ port: Number(first.stub.url.port), jobs: [...first.stub.jobs.values()] })
      const { code, stdout } = yield* Fiber.join(first.ran)
      assert.strictEqual(code, 0)
      assert.include(stdout, "1 complete")
    }))
})
