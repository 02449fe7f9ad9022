import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { ChunkId, CorrelationId, DocumentId, JobId, localUserId, UserId, WorkerId } from "../../src/domain/Ids.ts"
import { InspectionId } from "../../src/domain/Inspection.ts"
import { KeyId } from "../../src/domain/Principal.ts"
import { ReleaseId } from "../../src/domain/Release.ts"
import { DeliveryId, SubscriptionId } from "../../src/domain/Webhook.ts"

const kinds = {
  JobId,
  DocumentId,
  UserId,
  ChunkId,
  CorrelationId,
  WorkerId,
  KeyId,
  SubscriptionId,
  DeliveryId,
  ReleaseId,
  InspectionId
}

describe("an identifier", () => {
  for (const [name, schema] of Object.entries(kinds)) {
    it(`of kind ${name} is a UUID and nothing else`, () => {
      const is = Schema.is(schema)
      assert.isTrue(is("00000000-0000-4000-8000-000000000001"))
      for (const no of ["", "1", "00000000-0000-4000-8000-00000000000", "'; DROP TABLE documents", null, 7]) {
        assert.isFalse(is(no), String(no))
      }
    })

    it(`of kind ${name} is the same in capitals as in small letters`, () => {
      const small = "abcdef00-aaaa-4bbb-8ccc-ddddeeeeff01"
      assert.strictEqual(Schema.decodeUnknownSync(schema)(small.toUpperCase()), small)
    })
  }

  it("an identifier of the local user is a UUID", () => {
    assert.isTrue(Schema.is(UserId)(localUserId))
  })
})
