/** One bucket through Amazon's client, which retries throttled calls and finds credentials where they usually are. */
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3"
import { type Duration, Effect } from "effect"
import { sendPatience } from "../sendPatience.ts"
import { withoutFinalSlashes } from "../withoutFinalSlashes.ts"
import { contradictionOf, type Encryption, type WriteAnswer } from "./Encryption.ts"
import { faultOf, type Permission, refusedFault, type S3Fault, timeoutFault } from "./S3Fault.ts"

export interface BucketOptions {
  readonly bucket: string
  readonly region: string
  /** Absent: Amazon's own. */
  readonly endpoint?: URL | undefined
  /** Where clients reach the same server, if elsewhere. */
  readonly publicEndpoint?: URL | undefined
  readonly forcePathStyle: boolean
  readonly encryption: Encryption
  /** Deadline for an answer once all bytes are sent, and for each further piece of a download. */
  readonly callTimeout: Duration.Duration
  /** Absent: the usual chain of environment, files, and the role of the machine or container. */
  readonly credentials?: S3ClientConfig["credentials"]
}

type Call<A> = (abortSignal: AbortSignal) => Promise<A>

export const bucketClient = (options: BucketOptions) =>
  Effect.gen(function*() {
    const client = yield* openClient(options, options.endpoint)
    const outside = options.publicEndpoint === undefined ? client : yield* openClient(options, options.publicEndpoint)

    const attempt = <A>(call: Call<A>, permission?: Permission): Effect.Effect<A, S3Fault> =>
      Effect.tryPromise({ try: call, catch: (error) => faultOf(error, permission) })
    // Credentials may be withdrawn before the time that they state, or state none.
    const renew = attempt(() => client.config.credentials({ forceRefresh: true }))
    return {
      ...options,
      client,
      /** Signs for clients. */
      outside,
      attempt,
      /** `permission`: what the call needs, `bytes`: what it sends. */
      send: <A>(permission: Permission, call: Call<A>, bytes = 0) =>
        attempt(call, permission).pipe(
          Effect.catchIf(({ isExpired }) => isExpired, () => Effect.andThen(renew, attempt(call, permission))),
          Effect.timeoutOrElse({
            duration: sendPatience(options.callTimeout, bytes),
            orElse: () => Effect.fail(timeoutFault())
          })
        ),
      confirm: (answer: WriteAnswer): Effect.Effect<void, S3Fault> => {
        const wrong = contradictionOf(options.encryption, answer)
        return wrong === undefined ? Effect.void : Effect.fail(refusedFault(wrong))
      }
    }
  })

export type BucketClient = Effect.Success<ReturnType<typeof bucketClient>>

const openClient = ({ credentials, forcePathStyle, region }: BucketOptions, endpoint: URL | undefined) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      new S3Client({
        region,
        forcePathStyle,
        // The client takes each slash at the end for a part of the path.
        ...(endpoint === undefined ? {} : { endpoint: withoutFinalSlashes(endpoint.href) }),
        ...(credentials === undefined ? {} : { credentials }),
        // We send checksums of our own: not all servers understand those that the client adds.
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
        // The bytes are in memory: no connection of its own is needed for each part.
        expectContinueHeader: false,
        requestHandler: { connectionTimeout: 5_000, httpAgent: agent, httpsAgent: agent }
      })
    ),
    (client) => Effect.sync(() => client.destroy())
  )

/** More connections than the downloads that one process has open at once. */
const agent = { keepAlive: true, maxSockets: 256 }
