/** What an operator reads who has set up a storage wrongly: each sentence names the variable to correct. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { faultOf } from "../../../layers/ObjectStorage/s3/S3Fault.ts"
import { toServiceError } from "../../../layers/ObjectStorage/s3/toServiceError.ts"
import {
  connectionFault,
  toServiceError as meaningAtSupabase
} from "../../../layers/ObjectStorage/supabase/StorageFault.ts"
import { serveStub, type StubAnswer } from "../../support/stubs/HttpStub.ts"
import { open } from "../../support/stubs/openSupabase.ts"
import { openS3, s3Options } from "../../support/stubs/s3/openS3.ts"
import { bucket, keys, refusal, serveS3 } from "../../support/stubs/S3Stub.ts"

const endpoint = new URL("http://storage.example:9000")
const failing = (code: string) => Object.assign(new Error("the key is stubsecretkey"), { code })

const connections: ReadonlyArray<readonly [code: string, says: string]> = [
  ["ECONNREFUSED", "Nothing listens at %: start the server, or correct the port."],
  ["ENOTFOUND", "The host in % has no address"],
  ["EAI_AGAIN", "The host in % has no address"],
  ["ETIMEDOUT", "% cannot be reached from this network"],
  ["CERT_HAS_EXPIRED", "The certificate of % is not valid now: renew it, and check this machine's clock."],
  [
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "The certificate of % is from an authority that this process does not know: set NODE_EXTRA_CA_CERTS"
  ],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "The certificate of % is from an authority that this process does not know"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "The certificate of % is for another name than its host"],
  ["EPROTO", "The TLS handshake with % failed: correct its port, or let it begin with http:"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "The TLS handshake with % failed"],
  ["HPE_INVALID_CONSTANT", "What answers at % does not speak HTTP"]
]

describe("the storage's sentence about a mistake", () => {
  it.each(connections)("names the setting to correct if the connection fails with %s", (code, says) => {
    const messages = {
      S3_ENDPOINT: toServiceError(s3Options(endpoint))(faultOf(failing(code))).message,
      SUPABASE_URL: meaningAtSupabase(connectionFault(failing(code))).message
    }
    for (const [setting, message] of Object.entries(messages)) {
      assert.include(message, `The connection to the object storage failed (${code}). ${says.replace("%", setting)}`)
      assert.notInclude(message, "stubsecretkey")
    }
  })

  it("leaves a cut connection an outage, without advice", () => {
    const { message } = toServiceError(s3Options(endpoint))(faultOf(failing("ECONNRESET")))
    assert.strictEqual(message, "The connection to the object storage failed (ECONNRESET).")
  })

  it.each(
    [
      ["Amazon has no such host", { endpoint: undefined }, "Amazon has no such host: correct S3_REGION."],
      ["the bucket precedes the host", { forcePathStyle: false }, "set S3_FORCE_PATH_STYLE=true"],
      [
        "the endpoint has the bucket, too",
        { forcePathStyle: false, endpoint: new URL(`https://${bucket}.s3.example`) },
        "S3_ENDPOINT must not contain the bucket's name"
      ]
    ] as const
  )("names the setting to correct if %s", (_, others, says) => {
    const { message } = toServiceError(s3Options(endpoint, others))(faultOf(failing("ENOTFOUND")))
    assert.include(message, says)
  })

  it("says that a key cannot be sent, and does not wait for it", () => {
    const error = toServiceError(s3Options(endpoint))(faultOf(failing("ERR_INVALID_CHAR")))
    assert.strictEqual(error.code, "STORAGE_DENIED")
    assert.include(error.message, "AWS_ACCESS_KEY_ID or AWS_SESSION_TOKEN")
  })

  it("says which variables give credentials if there are none", () => {
    const none = Object.assign(new Error("Could not load credentials from any providers"), {
      name: "CredentialsProviderError"
    })
    const { message } = toServiceError(s3Options(endpoint))(faultOf(none))
    assert.include(message, "from any providers. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
  })
})

const page = (status: number, headers = {}): StubAnswer => ({ status, headers, body: "<html><br>Not a storage</html>" })

describe("a start against another server than a storage", () => {
  it.effect.each<[string, StubAnswer]>([
    ["a redirect", page(301, { location: "https://127.0.0.1" })],
    ["a port that wants TLS", page(400)],
    ["a page for all that is missing", page(404)],
    ["a page for each address", page(200)],
    ["a server that takes no PUT", page(405)]
  ])("ends and names S3_ENDPOINT: %s", ([, answer]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(openS3(yield* serveStub(() => answer)))
      assert.strictEqual(error.code, "STORAGE_DENIED")
      assert.include(error.message, "S3_ENDPOINT does not lead to the storage")
    }))

  it.effect.each<[string, StubAnswer]>([
    ["a redirect", page(301, { location: "https://127.0.0.1" })],
    ["a port that wants TLS", page(400)],
    ["a page for all that is missing", page(404)]
  ])("ends and names SUPABASE_URL: %s", ([, answer]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(open(yield* serveStub(() => answer)))
      assert.strictEqual(error.code, "STORAGE_DENIED")
      assert.include(error.message, "SUPABASE_URL does not lead to the storage")
    }))
})

describe("a start with a wrong setting of S3", () => {
  it.effect.each<[string, (url: URL) => URL, string]>([
    [
      "a path that servers take for the bucket",
      (url: URL) => new URL("/minio", url),
      "The path in S3_ENDPOINT precedes"
    ],
    ["the bucket", (url: URL) => new URL(`/${bucket}`, url), "S3_ENDPOINT must not contain the bucket's name"]
  ])("names S3_ENDPOINT if it has %s", ([, wrong, says]) =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      stub.intercept = ({ method, url }) =>
        url.pathname.startsWith(`/${bucket}/${bucket}`)
          ? method === "HEAD" ? { status: 404 } : refusal(404, "NoSuchKey")
          : undefined
      const storage = yield* openS3(wrong(stub.url))
      assert.include((yield* Effect.flip(storage.probe)).message, says)
    }))

  it.effect("does not mind slashes at the end of S3_ENDPOINT", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      yield* (yield* openS3(new URL(`${stub.url.href}/`))).probe
    }))

  it.effect.each<[string, number, string]>([
    ["in a redirect", 301, "PermanentRedirect"],
    ["in a refused signature", 400, "AuthorizationHeaderMalformed"]
  ])("names the bucket's own region, as Amazon tells it %s", ([, status, code]) =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      stub.intercept = ({ method }) => {
        const answer = method === "HEAD" ? { status, body: "" } : refusal(status, code)
        return { ...answer, headers: { "x-amz-bucket-region": "eu-central-1" } }
      }
      const error = yield* Effect.flip(openS3(stub.url))
      assert.strictEqual(error.code, "STORAGE_DENIED")
      assert.include(error.message, "is not in the region S3_REGION, but in eu-central-1: correct it.")
    }))

  it.effect.each<[string, string]>([
    ["s3:PutObject", "PUT"],
    ["s3:GetObject", "GET"]
  ])("names %s if it is not allowed", ([permission, denied]) =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      stub.intercept = ({ method }) => method === denied ? refusal(403, "AccessDenied") : undefined
      const error = yield* Effect.flip(openS3(stub.url))
      assert.strictEqual(error.code, "STORAGE_DENIED")
      assert.include(error.message, `Allow ${permission} to these credentials`)
    }))

  it.effect("names S3_ENCRYPTION and S3_KMS_KEY_ID if the server refuses them", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      stub.intercept = ({ method }) => method === "PUT" ? refusal(400, "InvalidArgument", "No such key.") : undefined
      const encryption = { algorithm: "aws:kms", keyId: "alias/none" } as const
      const error = yield* Effect.flip(openS3(stub.url, { encryption, credentials: keys }))
      assert.strictEqual(error.code, "STORAGE_DENIED")
      assert.include(error.message, "(InvalidArgument: No such key.). Correct S3_ENCRYPTION or S3_KMS_KEY_ID.")
    }))
})
