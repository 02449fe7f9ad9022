/**
 * Writes a stream of unknown length: in one call if it fits into a part, otherwise part by part. Of each upload, at most four
 * parts are in memory.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand
} from "@aws-sdk/client-s3"
import { Clock, Duration, Effect, Exit, Pull, Stream } from "effect"
import type { BucketApi } from "./BucketApi.ts"
import type { BucketClient } from "./bucketClient.ts"
import { checksummed } from "./checksummed.ts"
import { encryptionOf } from "./Encryption.ts"
import { unreadableFault } from "./S3Fault.ts"

/** 10,000 parts, the most that S3 allows, are 80 GiB. */
const partSize = 8 * 1024 * 1024
const atOnce = 2
/** The object that the server assembles counts as sent: it may copy all parts before it answers. */
const assembled = partSize
/** An upload in parts that is still being written is younger; an older one was left by a process that died. */
const abandonedAfter = Duration.days(1)

export const putInParts = ({ bucket: Bucket, client, encryption, send }: BucketClient, api: BucketApi) => {
  const begin = (Key: string, ContentType: string) =>
    send("s3:PutObject", (abortSignal) =>
      client.send(
        new CreateMultipartUploadCommand({
          Bucket,
          Key,
          ContentType,
          ChecksumAlgorithm: "SHA256",
          ...encryptionOf(encryption)
        }),
        { abortSignal }
      )).pipe(
        Effect.flatMap(({ UploadId }) =>
          UploadId === undefined ? Effect.fail(unreadableFault()) : Effect.succeed(UploadId)
        )
      )
  const putPart = (Key: string, UploadId: string, PartNumber: number, bytes: Uint8Array) => {
    const body = checksummed(bytes)
    return send(
      "s3:PutObject",
      (abortSignal) =>
        client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, ...body }), { abortSignal }),
      bytes.length
    ).pipe(Effect.map(({ ETag }) => ({ PartNumber, ETag, ChecksumSHA256: body.ChecksumSHA256 })))
  }
  const complete = (Key: string, UploadId: string, Parts: Array<Effect.Success<ReturnType<typeof putPart>>>) =>
    send("s3:PutObject", (abortSignal) =>
      client.send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, IfNoneMatch: "*", MultipartUpload: { Parts } }),
        { abortSignal }
      ), assembled).pipe(Effect.flatMap((answer) => api.confirmed(Key, answer)))
  const abort = (Key: string, UploadId: string) =>
    send(
      "s3:AbortMultipartUpload",
      (abortSignal) => client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal })
    )
      .pipe(Effect.catchIf(({ code }) => code === "NoSuchUpload", () => Effect.void), Effect.asVoid)

  return {
    put: Effect.fnUntraced(function*<E>(key: string, content: Stream.Stream<Uint8Array, E>, mediaType: string) {
      const next = yield* partsOf(content)
      const first = yield* next
      if (first.last) {
        yield* api.put(key, first.bytes, mediaType)
        return first.bytes.length
      }
      return yield* Effect.acquireUseRelease(
        begin(key, mediaType),
        Effect.fnUntraced(function*(uploadId) {
          let bytes = 0
          const parts = yield* Stream.unfold<Part | undefined, Part, E, never>(first, (part) =>
            part === undefined
              ? Effect.undefined
              : part.last
              ? Effect.succeed([part, undefined])
              : Effect.map(next, (after) => [part, after])).pipe(
              Stream.zipWithIndex,
              Stream.mapEffect(([part, index]) => {
                bytes += part.bytes.length
                return putPart(key, uploadId, index + 1, part.bytes)
              }, { concurrency: atOnce }),
              Stream.runCollect
            )
          yield* complete(key, uploadId, parts)
          return bytes
        }),
        // If it cannot be aborted now, it is later.
        (uploadId, exit) => Exit.isSuccess(exit) ? Effect.void : Effect.ignore(abort(key, uploadId), { log: "Warn" })
      )
    }, Effect.scoped),
    abortAbandoned: Effect.fnUntraced(function*(Prefix: string) {
      const latest = (yield* Clock.currentTimeMillis) - Duration.toMillis(abandonedAfter)
      // What is aborted no longer appears, so one page is enough.
      const { Uploads = [] } = yield* send(
        "s3:ListBucketMultipartUploads",
        (abortSignal) => client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }), { abortSignal })
      )
      for (const { Initiated, Key, UploadId } of Uploads) {
        if (Key !== undefined && UploadId !== undefined && (Initiated?.getTime() ?? Infinity) < latest) {
          yield* abort(Key, UploadId)
        }
      }
    })
  }
}

interface Part {
  readonly bytes: Uint8Array
  readonly last: boolean
}

/** The next part of the content, each time. */
const partsOf = <E>(content: Stream.Stream<Uint8Array, E>) =>
  Effect.map(Stream.toPull(content), (pull) => {
    let held: Array<Uint8Array> = []
    let size = 0
    let ended = false
    return Effect.gen(function*(): Effect.fn.Return<Part, E> {
      // One byte more than a part says that it is not the last.
      while (size <= partSize && !ended) {
        const chunks = yield* Pull.catchDone(pull, () => Effect.succeed(undefined))
        ended = chunks === undefined
        for (const chunk of chunks ?? []) {
          held.push(chunk)
          size += chunk.length
        }
      }
      const all = Buffer.concat(held)
      const bytes = all.subarray(0, partSize)
      held = [all.subarray(partSize)]
      size = all.length - bytes.length
      return { bytes, last: ended && size === 0 }
    })
  })
