/** Every table with rows about a user: what an export shows, and what an erasure removes. */

export interface UserTable {
  readonly table: string
  /** Unique among the rows of a user, and ordered as text. */
  readonly key: string
  /** Columns that an export does not show. */
  readonly secrets?: ReadonlyArray<string>
  /**
   * `removed`: no row is left. `emptied`: the row stays without text until a sweep forgets it. `kept`: what accounting or
   * the audit needs.
   */
  readonly erasure: "removed" | "emptied" | "kept"
}

/** The parts of an export after the documents, in this order. */
export const userTables: ReadonlyArray<UserTable> = [
  { table: "uploads", key: "document_id", erasure: "emptied" },
  { table: "api_keys", key: "key_id", secrets: ["secret_sha256"], erasure: "removed" },
  {
    table: "webhook_subscriptions",
    key: "subscription_id",
    secrets: ["secret", "previous_secret"],
    erasure: "removed"
  },
  { table: "webhook_deliveries", key: "delivery_id", erasure: "removed" },
  { table: "idempotency_keys", key: "idempotency_key", erasure: "removed" },
  { table: "claim_turns", key: "user_id", erasure: "removed" },
  { table: "budgets", key: "user_id", erasure: "removed" },
  { table: "readers", key: "login", erasure: "removed" },
  { table: "budget_spend", key: "month", erasure: "kept" },
  { table: "storage_use", key: "user_id", erasure: "kept" },
  { table: "embedding_ledger", key: "call_id || ' ' || coalesce(job_id::text, '')", erasure: "kept" },
  { table: "audit_log", key: "lpad(entry_id::text, 19, '0')", erasure: "kept" }
]

/** Tables whose rows belong to a document of the user and go with it. */
export const documentTables: ReadonlyArray<{ readonly table: string; readonly secrets?: ReadonlyArray<string> }> = [
  { table: "documents" },
  { table: "upload_jobs", secrets: ["webhook_secret"] },
  { table: "document_chunk_buffer" },
  { table: "document_vector_buffer" }
]

/** What a worker still has to remove elsewhere: ids and paths, deleted when that is done. */
export const pendingTables = ["erasures", "parse_cancellations"]
