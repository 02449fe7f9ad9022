/** The calls on whole objects of a bucket. */
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand
} from "@aws-sdk/client-s3"
import { Effect, Option, Stream } from "effect"
import { Readable } from "node:stream"
import type { BucketClient } from "./bucketClient.ts"
import { checksummed } from "./checksummed.ts"
import { encryptionOf, type WriteAnswer } from "./Encryption.ts"
import { faultOf, leftFault, noBucketFault, type S3Fault, timeoutFault, unreadableFault } from "./S3Fault.ts"

interface Version {
  readonly Key: string
  readonly VersionId?: string | undefined
}

export const bucketApi = (
  { bucket: Bucket, callTimeout, client, confirm, encryption, send }: BucketClient
) => {
  const listOne = send(
    "s3:ListBucket",
    (abortSignal) => client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal })
  )
  const exists = send(
    "s3:ListBucket",
    (abortSignal) => client.send(new HeadBucketCommand({ Bucket }), { abortSignal })
  ).pipe(
    // The answer to a HEAD has no body to say why: no bucket, a wrong key, signature or region, or not a storage at all.
    Effect.catchIf(({ isNameless }) => isNameless, (fault) => Effect.andThen(listOne, Effect.fail(fault))),
    // To a path or host that has the bucket twice.
    Effect.mapError((fault) => fault.code === "NoSuchKey" ? noBucketFault() : fault),
    Effect.asVoid
  )
  /** Skips missing objects; at most 1,000 in one call. */
  const remove = (objects: ReadonlyArray<Version>) =>
    send("s3:DeleteObject", (abortSignal) =>
      client.send(
        new DeleteObjectsCommand({
          Bucket,
          ChecksumAlgorithm: "SHA256",
          Delete: { Quiet: true, Objects: [...objects] }
        }),
        { abortSignal }
      )).pipe(
        Effect.flatMap(({ Errors = [] }): Effect.Effect<void, S3Fault> => {
          const [left] = Errors
          return left === undefined ? Effect.void : Effect.fail(leftFault(left))
        })
      )
  /**
   * An object that was not stored as it must be is removed again. If that fails, the write still fails, and the sweep finds
   * the object.
   */
  const confirmed = (Key: string, { ServerSideEncryption, VersionId }: WriteAnswer) =>
    confirm({ ServerSideEncryption, VersionId }).pipe(
      Effect.tapError(() => Effect.ignore(remove([{ Key, VersionId }]), { log: "Warn" }))
    )

  return {
    encryption,
    exists,
    remove,
    confirmed,
    put: (Key: string, bytes: Uint8Array, ContentType: string) =>
      send("s3:PutObject", (abortSignal) =>
        client.send(
          new PutObjectCommand({
            Bucket,
            Key,
            ContentType,
            IfNoneMatch: "*",
            ...checksummed(bytes),
            ...encryptionOf(encryption)
          }),
          { abortSignal }
        ), bytes.length).pipe(Effect.flatMap((answer) => confirmed(Key, answer))),
    get: (Key: string): Stream.Stream<Uint8Array, S3Fault> =>
      Stream.unwrap(
        send("s3:GetObject", (abortSignal) => client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal })).pipe(
          Effect.flatMap(({ Body }) =>
            Body instanceof Readable ? Effect.succeed(Body) : Effect.fail(unreadableFault())
          ),
          Effect.map((body) =>
            Stream.timeoutOrElse(Stream.fromAsyncIterable<Uint8Array, S3Fault>(body, (error) => faultOf(error)), {
              duration: callTimeout,
              orElse: () => Stream.fail(timeoutFault())
            })
          )
        )
      ),
    size: (Key: string) =>
      send("s3:GetObject", (abortSignal) => client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal })).pipe(
        // This answer has no body to tell a missing object from a missing bucket.
        Effect.tapError((fault) => fault.isMissing ? exists : Effect.void),
        Effect.flatMap(({ ContentLength }) =>
          ContentLength === undefined ? Effect.fail(unreadableFault()) : Effect.succeed(ContentLength)
        )
      ),
    list: (Prefix: string) =>
      Stream.paginate(Option.none<string>(), (token) =>
        send("s3:ListBucket", (abortSignal) =>
          client.send(
            new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: Option.getOrUndefined(token) }),
            { abortSignal }
          )).pipe(
            Effect.flatMap(({ Contents = [], IsTruncated = false, NextContinuationToken: next }) => {
              // Otherwise a listing that repeats itself would never end.
              if (IsTruncated && (next === undefined || next === Option.getOrUndefined(token))) {
                return Effect.fail(unreadableFault())
              }
              const found = Contents.flatMap(({ Key, LastModified, Size }) =>
                Key === undefined || LastModified === undefined || Size === undefined
                  ? []
                  : [{ path: Key, bytes: Size, storedAt: LastModified.getTime() }]
              )
              return Effect.succeed(
                [found, IsTruncated ? Option.some(Option.fromNullishOr(next)) : Option.none()] as const
              )
            })
          ))
  }
}

export type BucketApi = ReturnType<typeof bucketApi>
