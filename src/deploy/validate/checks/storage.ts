/** The object storage: who may read it, what it takes, and what a signed address allows. */
import type { BucketSight } from "../../../domain/Inspection.ts"
import { type Check, fail, faultless, given, inconclusive, pass } from "../Check.ts"
import type { BucketExpectation } from "../Expectations.ts"
import type { Facts } from "../Facts.ts"
import { inspectionOf, partOf } from "../sight.ts"

const sightOf = (facts: Facts) => partOf(facts, ({ storage }) => storage)

const limitFaults = ({ id, maxBytes, mediaTypes }: BucketSight, expected: BucketExpectation): ReadonlyArray<string> => [
  ...(maxBytes === expected.maxBytes ? [] : [`${id} takes ${maxBytes ?? "any number of"} bytes`]),
  ...(mediaTypes.toSorted().join() === expected.mediaTypes.toSorted().join()
    ? []
    : [`${id} takes ${mediaTypes.join(", ") || "any type"}`])
]

export const storage: ReadonlyArray<Check> = [
  {
    check: "read_write",
    proves: "The process can write, read and remove objects.",
    repair: "Check STORAGE and its settings, the key of the service role, and that the disk or bucket is writable.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) => {
      const expected = "an object can be written, read and removed"
      return given(expected, inspectionOf(facts), ({ storage: { fault, found }, storageFault }) => {
        if (storageFault === null && found !== null) return pass(expected, "it can")
        // The adapter refuses to work with a public bucket.
        return found?.buckets.some((bucket) => bucket.public) === true
          ? inconclusive(expected, "nothing is written while a bucket is public")
          : fail(expected, storageFault ?? fault ?? "it cannot")
      })
    }
  },
  {
    check: "kind",
    proves: "Files are kept where the environment keeps them.",
    repair: "Correct STORAGE of the process.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { storage: { kind } }) =>
      given(kind, sightOf(facts), (sight) => sight.kind === kind ? pass(kind, sight.kind) : fail(kind, sight.kind))
  },
  {
    check: "private",
    proves: "No object can be read without a credential.",
    repair: "Make the buckets private, or the folder accessible to its owner only.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts) => {
      const expected = "both buckets are private"
      return given(expected, sightOf(facts), ({ buckets, open }) => {
        const faults = buckets.filter((bucket) => bucket.public).map(({ id }) => `${id} is public`)
        return faultless(expected, "they are", [
          ...faults,
          ...(open && faults.length === 0 ? ["an object was read without a credential"] : [])
        ])
      })
    }
  },
  {
    check: "limits",
    proves: "Each bucket has the expected size limit and media types.",
    repair: "Correct the bucket: a lower limit refuses documents that the API accepted.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { storage: { buckets: expectedBuckets } }) => {
      const expected = "the limits of the configuration"
      return given(expected, sightOf(facts), ({ buckets }) =>
        faultless(
          expected,
          "they are",
          buckets.flatMap((bucket) =>
            bucket.id === "raw" || bucket.id === "parsed" ? limitFaults(bucket, expectedBuckets[bucket.id]) : []
          )
        ))
    }
  },
  {
    check: "signed_address",
    proves: "A file can be sent to the signed address of an announced upload.",
    repair:
      "Check that the address leads to the API or the storage from outside: PUBLIC_URL, SUPABASE_PUBLIC_URL, S3_PUBLIC_ENDPOINT.",
    needs: ["signedAddress"],
    judge: ({ signedAddress }) => {
      const expected = "it takes the file"
      return given(
        expected,
        signedAddress,
        ({ status }) =>
          status >= 200 && status < 300
            ? pass(expected, `it answers ${status}`)
            : fail(expected, `it answers ${status}`)
      )
    }
  },
  {
    check: "foreign_path",
    proves: "The same signature is refused at the path of another file.",
    repair:
      "Stop the service: any holder of a signed address can write any file. Then find out what serves these addresses.",
    needs: ["signedAddress"],
    judge: ({ signedAddress }) => {
      const expected = "it is refused"
      return given(expected, signedAddress, ({ otherStatus }) =>
        otherStatus >= 400 && otherStatus < 500
          ? pass(expected, `it answers ${otherStatus}`)
          : fail(expected, `it answers ${otherStatus}`))
    }
  },
  {
    check: "expiry",
    proves: "A signed address is valid no longer than expected, and is refused once it has expired.",
    repair: "Lower the storage's UPLOAD_SIGNED_URL_EXPIRATION_TIME, and check its clock.",
    needs: ["ofApi", "ofWorker", "signedAddress"],
    judge: (facts, { storage: { addressMinutes } }) => {
      const expected = `refused once expired, after at most ${addressMinutes} minutes`
      return given(
        expected,
        sightOf(facts),
        ({ expires, kind }) =>
          given(expected, facts.signedAddress, ({ lastsSeconds }) => {
            const life = `it is valid for ${Math.round(lastsSeconds / 60)} minutes`
            const faults = [
              // Both ends of the transfer have a clock.
              ...(lastsSeconds <= addressMinutes * 60 + 5 ? [] : [life]),
              ...(expires === false ? ["an expired address still worked"] : [])
            ]
            return faults.length === 0 && expires === null && kind !== "filesystem"
              ? inconclusive(expected, "no address opened a file before it expired")
              : faultless(expected, life, faults)
          })
      )
    }
  }
]
