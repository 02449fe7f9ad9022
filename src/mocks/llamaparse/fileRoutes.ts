/** Files that are uploaded before they are parsed. */
import { Clock, Effect } from "effect"
import { type HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { uuidBytes, uuidV5 } from "../../domain/hash.ts"
import type { Account } from "./Account.ts"
import { answer, nothing, pathParam, underScenario } from "./answer.ts"
import type { StoredFile } from "./FileStore.ts"
import { paged, repeated } from "./paging.ts"
import { iso, projectId } from "./ParseJob.ts"
import { readUpload, requireFile } from "./readUpload.ts"
import { fileNotFound, type Refusal } from "./Refusal.ts"

type Request = HttpServerRequest.HttpServerRequest

const namespace = uuidBytes("7a4b8f0e-9b1c-4f57-8a35-2d4f0b1c6e90")
/** As long as the vendor keeps them. */
const lifetime = 48 * 3_600_000

const fileBody = (file: StoredFile) => ({
  id: file.id,
  name: file.name,
  project_id: projectId,
  external_file_id: file.externalId,
  expires_at: iso(file.createdAt + lifetime),
  file_type: file.name.includes(".") ? file.name.split(".").at(-1) : null,
  last_modified_at: iso(file.createdAt),
  purpose: file.purpose
})

const create = (account: Account) =>
  Effect.fnUntraced(function*(request: Request) {
    const upload = yield* readUpload(request)
    const { bytes, mediaType, name, sha256 } = yield* requireFile(upload)
    const { external_file_id: externalId = null, purpose = null } = upload.fields
    const createdAt = yield* Clock.currentTimeMillis
    const file: StoredFile = {
      id: `dfl-${uuidV5(namespace, JSON.stringify([name, externalId, purpose, sha256]))}`,
      name,
      mediaType,
      externalId,
      purpose,
      sha256,
      createdAt,
      bytes
    }
    return yield* underScenario(
      account,
      "file",
      { filename: name, documentId: externalId ?? sha256 },
      Effect.sync(() => {
        account.files.add(file)
        return HttpServerResponse.jsonUnsafe(fileBody(file), { status: 201 })
      })
    )
  })

const findFile = (account: Account, request: Request): Effect.Effect<StoredFile, Refusal> =>
  Effect.suspend(() => {
    const file = account.files.find(pathParam(request, 5))
    return file === undefined ? Effect.fail(fileNotFound) : Effect.succeed(file)
  })

const list = (account: Account) => () =>
  underScenario(
    account,
    "list",
    nothing,
    Effect.gen(function*() {
      const query = yield* HttpServerRequest.ParsedSearchParams
      const ids = repeated(query["file_ids"])
      const files = account.files.all().filter((file) =>
        (ids === undefined || ids.includes(file.id)) &&
        (query["file_name"] === undefined || query["file_name"] === file.name) &&
        (query["external_file_id"] === undefined || query["external_file_id"] === file.externalId)
      )
      return HttpServerResponse.jsonUnsafe(yield* paged(files, fileBody))
    })
  )

const content = (account: Account) => (request: Request) =>
  Effect.map(findFile(account, request), (file) =>
    HttpServerResponse.jsonUnsafe({
      url: `http://${request.headers["host"] ?? "localhost"}/mock/files/${file.id}`,
      expires_at: iso(file.createdAt + lifetime),
      form_fields: null
    }))

const remove = (account: Account) => (request: Request) =>
  Effect.map(findFile(account, request), (file) => {
    account.files.remove(file.id)
    return HttpServerResponse.empty()
  })

const download = (account: Account) => (request: Request) =>
  Effect.sync(() => {
    const bytes = account.files.find(pathParam(request, 3))?.bytes
    return bytes === undefined
      ? HttpServerResponse.jsonUnsafe({ detail: "File not found" }, { status: 404 })
      : HttpServerResponse.uint8Array(bytes)
  })

export const addFileRoutes = Effect.fnUntraced(function*(router: HttpRouter.HttpRouter, account: Account) {
  yield* router.add("POST", "/api/v1/beta/files", answer(account, create(account)))
  yield* router.add("GET", "/api/v1/beta/files", answer(account, list(account)))
  yield* router.add(
    "GET",
    "/api/v1/beta/files/:id",
    answer(
      account,
      (request) => Effect.map(findFile(account, request), (file) => HttpServerResponse.jsonUnsafe(fileBody(file)))
    )
  )
  yield* router.add("GET", "/api/v1/beta/files/:id/content", answer(account, content(account)))
  yield* router.add("DELETE", "/api/v1/beta/files/:id", answer(account, remove(account)))
  yield* router.add("GET", "/mock/files/:id", download(account))
})
