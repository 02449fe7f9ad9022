/** The files attached to a mail become documents of their own: once, within limits, and as long as their mail is there. */
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Logger, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { attachedTo } from "../../../layers/DocumentParser/local/source/attachedTo.ts"
import { type Document, Documents } from "../../../services/Documents.ts"
import { Inventory } from "../../../services/Inventory.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import { DocumentId, type UserId, UserId as makeUserId } from "../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { IntakeRules } from "../../../src/stages/IntakeRules.ts"
import { takeAttachments } from "../../../src/stages/parse/takeAttachments.ts"
import { anUpload } from "../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../support/databases/Databases.ts"
import { accept, claimOne, emptyTables, someone, stores } from "../../support/databases/stores.ts"
import { ObjectStorageMemory } from "../../twins/ObjectStorageMemory.ts"

const part = (name: string, content: string | Uint8Array) =>
  [
    "--B",
    `Content-Type: application/octet-stream; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from(content).toString("base64")
  ].join("\r\n")

const mail = (...parts: ReadonlyArray<string>) =>
  [
    "From: Ada <ada@example.org>",
    "Subject: Claim",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=\"B\"",
    "",
    "--B",
    "Content-Type: text/plain",
    "",
    "See the files.",
    ...parts,
    "--B--"
  ].join("\r\n")

const nested = (depth: number): string =>
  depth === 0 ? mail(part("deepest.txt", "The keel is oak.")) : mail(part("a.eml", nested(depth - 1)))

const InventoryHere = Layer.succeed(Inventory, {
  covers: () => false,
  compare: () => Effect.die(new Error("nothing is compared here")),
  attachments: ({ content }, most) =>
    Stream.runCollect(content).pipe(
      Effect.flatMap((pieces) => Effect.promise(() => attachedTo(Buffer.concat(pieces), most)))
    )
})

const aUser = (): UserId => makeUserId.make(randomUUID())

/** A mail in storage, claimed by a worker. */
const claimedMail = Effect.fnUntraced(function*(text: string, user = aUser()) {
  yield* emptyTables
  const storage = yield* ObjectStorage
  const documentId = DocumentId.make(randomUUID())
  const bytes = new TextEncoder().encode(text)
  const rawPath = `raw/${user}/${documentId}-${randomUUID()}.eml`
  yield* storage.put(rawPath, Stream.make(bytes), "message/rfc822")
  yield* accept({
    userId: user,
    documentId,
    filename: "claim.eml",
    mediaType: "message/rfc822",
    metadata: { claim: "7" },
    bytes: bytes.length,
    sha256: sha256(bytes),
    rawPath
  })
  return yield* claimOne()
})

const found = Effect.fnUntraced(function*({ documentId, userId }: Pick<ClaimedJob, "documentId" | "userId">) {
  const documents = yield* Documents
  return Option.getOrThrow(yield* documents.find(userId, documentId))
})

const attachedOf = (job: ClaimedJob) => Effect.map(found(job), ({ attachments }) => attachments)

onEachDatabase("attachments", (it) => {
  it.layer(Layer.mergeAll(stores, ObjectStorageMemory))((it) => {
    const taken = (job: ClaimedJob) => takeAttachments(job).pipe(Effect.provide(InventoryHere))

    it.effect("each file attached to a mail is a document of the same user, with the mail's metadata and a job", () =>
      Effect.gen(function*() {
        const job = yield* claimedMail(
          mail(part("terms.txt", "Rent is 310 crowns."), part("list.csv", "no,name\n1,Ibis"))
        )
        assert.deepStrictEqual(yield* taken(job), [])
        const attached = yield* attachedOf(job)
        assert.deepStrictEqual(attached.map(({ filename, status }) => `${filename} ${status}`), [
          "terms.txt uploaded",
          "list.csv uploaded"
        ])
        const first: Document = yield* found({ ...job, ...attached[0] })
        assert.deepInclude(first, { mediaType: "text/plain", metadata: { claim: "7" } })
        assert.strictEqual(first.job.parentDocumentId, job.documentId)
        assert.strictEqual(first.job.correlationId, job.correlationId)
        const content = yield* Stream.runCollect((yield* ObjectStorage).get(first.rawPath))
        assert.strictEqual(Buffer.concat(content).toString(), "Rent is 310 crowns.")
      }))

    it.effect("a worker that dies between two files leaves no second one to the next worker", () =>
      Effect.gen(function*() {
        const files = ["a.txt", "b.txt", "c.txt"].map((name) => part(name, `The text of ${name}`))
        const job = yield* claimedMail(mail(...files))
        const documents = yield* Documents
        let accepted = 0
        const dying = Documents.of({
          ...documents,
          // The rows are written, and the worker dies before it knows.
          accept: (document) =>
            Effect.flatMap(
              documents.accept(document),
              (acceptance) => ++accepted === 2 ? Effect.die("killed") : Effect.succeed(acceptance)
            )
        })
        const killed = yield* Effect.exit(taken(job).pipe(Effect.provideService(Documents, dying)))
        assert.isTrue(Exit.isFailure(killed) && Cause.hasDies(killed.cause))
        assert.lengthOf(yield* attachedOf(job), 2)
        assert.deepStrictEqual(yield* taken(job), [])
        assert.deepStrictEqual((yield* attachedOf(job)).map(({ filename }) => filename), ["a.txt", "b.txt", "c.txt"])
      }))

    it.effect("two workers with the same mail make each document once", () =>
      Effect.gen(function*() {
        const job = yield* claimedMail(mail(part("a.txt", "One text"), part("b.txt", "Another text")))
        yield* Effect.all([taken(job), taken(job)], { concurrency: 2 })
        assert.lengthOf(yield* attachedOf(job), 2)
      }))

    it.effect("a file that cannot be taken is named, with the reason", () =>
      Effect.gen(function*() {
        const job = yield* claimedMail(mail(
          part("a.zip", "PK\u0003\u0004rest"),
          part("b.pdf", "not a PDF"),
          part("empty.txt", ""),
          part("../../etc/passwd\u0000.txt", "The odd name is harmless.")
        ))
        const omissions = yield* taken(job)
        assert.deepStrictEqual(omissions.map(({ kind }) => kind), ["attachment", "attachment", "attachment"])
        assert.deepStrictEqual(omissions.map(({ detail }) => detail.split(":")[0]), ["a.zip", "b.pdf", "empty.txt"])
        assert.deepStrictEqual((yield* attachedOf(job)).map(({ filename }) => filename), ["passwd.txt"])
      }))

    it.effect("of ten thousand files, a hundred are taken and the others are counted", () =>
      Effect.gen(function*() {
        const job = yield* claimedMail(mail(...Array.from({ length: 10_000 }, (_, i) => part(`${i}.txt`, `File ${i}`))))
        const omissions = yield* taken(job)
        assert.deepStrictEqual(omissions.map(({ count }) => count), [9_900])
        assert.lengthOf(yield* attachedOf(job), 100)
      }))

    it.effect("mails in mails are taken five deep", () =>
      Effect.gen(function*() {
        let job = yield* claimedMail(nested(7))
        const user = job.userId
        for (let depth = 0; depth < 5; depth++) {
          assert.deepStrictEqual(yield* taken(job), [])
          job = yield* claimOne()
          assert.strictEqual(job.userId, user)
        }
        assert.deepStrictEqual(yield* taken(job), [
          { kind: "attachment", page: 0, count: 1, detail: "It is nested in more than 5 mails." }
        ])
      }))

    it.effect("a file above the storage quota is not taken, and leaves no object behind", () =>
      Effect.gen(function*() {
        const job = yield* claimedMail(mail(part("a.txt", "One text")))
        const omissions = yield* taken(job).pipe(Effect.provideService(IntakeRules, { quotaBytes: job.bytes + 3 }))
        assert.deepStrictEqual(omissions.map(({ detail }) => detail), ["a.txt: The storage quota is used up."])
        assert.lengthOf(yield* attachedOf(job), 0)
      }))

    it.effect("a mail is deleted with everything that is attached to it, however deep", () =>
      Effect.gen(function*() {
        const canary = `canary-${randomUUID()}`
        const inner = mail(part("b.txt", `The inner ${canary}`))
        const job = yield* claimedMail(mail(part("a.txt", `The outer ${canary}`), part(`${canary}.eml`, inner)))
        yield* taken(job)
        for (const next of [yield* claimOne(), yield* claimOne()]) yield* taken(next)
        const documents = yield* Documents
        const sql = yield* SqlClient.SqlClient
        const paths = Option.getOrThrow(yield* documents.remove(job.userId, job.documentId, someone))
        assert.lengthOf(paths, 4)
        for (const table of ["documents", "upload_jobs", "job_events"]) {
          const rows = yield* sql`SELECT to_jsonb(t)::text AS row FROM ${sql(table)} t`
          assert.deepStrictEqual(rows, [], table)
        }
        const erased = yield* sql<{ readonly raw_path: string }>`
          SELECT raw_path FROM erasures WHERE user_id = ${job.userId}`
        assert.sameMembers(erased.map(({ raw_path }) => raw_path), [...paths])
      }))

    it.effect("nothing is attached to a mail that is deleted meanwhile: the log says so, and no row or object is left", () =>
      Effect.gen(function*() {
        const job = yield* claimedMail(mail(part("a.txt", "One text"), part("b.txt", "Another text")))
        const documents = yield* Documents
        const storage = yield* ObjectStorage
        // Deleted after the first file was accepted and the second one stored.
        const stored: Array<string> = []
        const deleting = ObjectStorage.of({
          ...storage,
          put: (path, ...rest) =>
            Effect.gen(function*() {
              const object = yield* storage.put(path, ...rest)
              stored.push(path)
              if (stored.length === 2) yield* documents.remove(job.userId, job.documentId, someone)
              return object
            })
        })
        const lines: Array<string> = []
        const logger = Logger.make(({ logLevel, message }) => lines.push(`${logLevel} ${String(message)}`))
        const failure = yield* taken(job).pipe(
          Effect.provideService(ObjectStorage, deleting),
          Effect.provide(Logger.layer([logger])),
          Effect.flip
        )
        assert.strictEqual(failure._tag, "StaleClaim")
        assert.deepStrictEqual(lines, [
          "Info The mail was deleted while its attachments were being accepted: none of them is kept."
        ])
        const sql = yield* SqlClient.SqlClient
        assert.deepStrictEqual(yield* sql`SELECT FROM documents WHERE user_id = ${job.userId}`, [])
        assert.deepStrictEqual(yield* sql`SELECT FROM upload_jobs WHERE user_id = ${job.userId}`, [])
        // The deletion removes the object of the first file.
        const [, late = ""] = stored
        assert.strictEqual((yield* Effect.flip(Stream.runDrain(storage.get(late)))).code, "RAW_MISSING")
      }))

    it.effect("a file whose mail is gone is refused; a document in the same group is accepted", () =>
      Effect.gen(function*() {
        const documents = yield* Documents
        const user = aUser()
        const [late, whole] = yield* Effect.all([
          documents.accept({ ...anUpload(), userId: user, parentDocumentId: DocumentId.make(randomUUID()) }),
          documents.accept({ ...anUpload(), userId: user })
        ], { concurrency: 2 })
        assert.deepStrictEqual(late, { _tag: "ParentGone" })
        assert.strictEqual(whole._tag, "Accepted")
      }))
  })
})
