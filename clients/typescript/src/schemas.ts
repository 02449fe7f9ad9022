// Written by scripts/write-docs.ts from the contract.

export type AcceptedJob = {
  readonly job_id: string
  readonly user_id: string
  readonly document_id: string
  readonly parent_document_id: string | null
  readonly correlation_id: string
  readonly trace_id: string | null
  readonly filename: string
  readonly media_type: string
  readonly bytes: number
  readonly raw_sha256: string
  readonly status: JobStatus
  readonly raw_path: string
  readonly parsed_path: string | null
  readonly parsed_sha256: string | null
  readonly parse_report: JobParseReport | null
  readonly embedding_plan: JobEmbeddingPlan | null
  readonly chunks_version: Chunker
  readonly embed_model: string
  readonly embed_version: string
  readonly progress: JobProgress
  readonly priority: number
  readonly retry_count: number
  readonly crash_count: number
  readonly last_error: JobLastError | null
  readonly tokens_paid: number
  readonly cost_usd: number
  readonly vectors_reused: number
  readonly provider_job_id: string | null
  readonly run_at: string | null
  readonly lease_until: string | null
  readonly processing_started_at: string | null
  readonly processing_completed_at: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly warnings: ReadonlyArray<string>
  readonly error_code: ErrorCode | null
  readonly trace_url: string | null
  readonly links: JobLinks
  readonly duplicate: false
}

export type Alert = {
  readonly alert_id: number
  readonly rule: string
  readonly subject: string
  readonly key: string
  readonly code: string
  readonly severity: AlertSeverity
  readonly state: AlertState
  readonly message: string
  readonly count: number
  readonly opened_at: string
  readonly fired_at: string | null
  readonly seen_at: string
  readonly acknowledged_at: string | null
  readonly silenced_until: string | null
  readonly closed_at: string | null
  readonly changed_by: string
  readonly change_reason: string | null
  readonly level: EscalationLevel | null
}

export type AlertEventType = "pending" | "firing" | "acknowledged" | "silenced" | "unsilenced" | "resolved" | "cleared"

export type AlertHistory = {
  readonly alert: Alert
  readonly events: ReadonlyArray<AlertHistoryEvent>
  readonly deliveries: ReadonlyArray<AlertHistoryDelivery>
}

export type AlertHistoryDelivery = {
  readonly sink: string
  readonly state: AlertHistoryDeliveryState
  readonly level: EscalationLevel
  readonly attempts: number
  readonly created_at: string
  readonly delivered_at: string | null
  readonly run_at: string | null
  readonly last_error: string | null
}

export type AlertHistoryDeliveryState = "firing" | "acknowledged" | "resolved"

export type AlertHistoryEvent = {
  readonly event_id: number
  readonly at: string
  readonly type: AlertEventType
  readonly actor: string
  readonly reason: string | null
  readonly silenced_until: string | null
}

export type AlertList = {
  readonly alerts: ReadonlyArray<Alert>
  readonly monitor: MonitorStatus | null
}

export type AlertRule = {
  readonly name: string
  readonly severity: AlertSeverity
  readonly title: string
  readonly meaning: string
  readonly threshold: number | null
  readonly unit: string
  readonly for_seconds: number
  readonly cool_down_seconds: number
  readonly enabled: boolean
}

export type AlertRuleList = {
  readonly rules: ReadonlyArray<AlertRule>
}

export type AlertRuleName = "NO_WORKER" | "WORKER_SILENT" | "WORKER_CLOCK" | "QUEUE_SILENT" | "STUCK_JOB" | "POISON_DOCUMENT" | "ERROR_BURST" | "SUCCESS_RATE" | "LATENCY" | "BUDGET_LOW" | "BUDGET_USED_UP" | "CIRCUIT_OPEN" | "CALLBACKS_REFUSED" | "CALLBACKS_LOST" | "SIGN_INS_REFUSED" | "BUFFER_GROWTH" | "DISK_FULL" | "CONNECTIONS" | "DATABASE_SLOW" | "DATABASE_UNREACHABLE" | "DEPENDENCY_UNREACHABLE" | "VACUUM_HELD" | "FOREIGN_GRANTS" | "COMPLIANCE" | "SINK_FAILING" | "RELEASE_NEEDS_A_PERSON" | "RELEASE_ROLLED_BACK" | "NO_DATA"

export type AlertSeverity = "critical" | "warning" | "info"

export type AlertSilence = {
  readonly reason: string
  readonly until?: string | null
}

export type AlertSinkName = "log" | "webhook" | "slack" | "pagerduty" | "email" | "alertmanager"

export type AlertState = "pending" | "firing" | "acknowledged" | "silenced" | "resolved"

export type AlertsListWhich = "open" | "all"

export type Alive = {
  readonly status: AliveStatus
}

export type AliveStatus = "ok" | "stopping"

export type AuditCheck = {
  readonly entries: number
  readonly last_hash: string | null
  readonly broken_entry: number | null
  readonly next_cursor: string | null
}

export type AuditEntry = {
  readonly entry_id: number
  readonly at: string
  readonly actor: string
  readonly role: string
  readonly user_id: string | null
  readonly action: string
  readonly target_type: string
  readonly target_id: string
  readonly reason: string | null
  readonly before: unknown
  readonly after: unknown
  readonly correlation_id: string | null
  readonly hash: string
}

export type AuditPage = {
  readonly entries: ReadonlyArray<AuditEntry>
  readonly next_cursor: string | null
}

export type BadRequest = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: BadRequestCode
  readonly errors: ReadonlyArray<RequestFault>
  readonly type: "urn:accessa:problem:bad-request"
  readonly status?: 400
  readonly title?: "The request is malformed."
}

export type BadRequestCode = "BAD_REQUEST" | "BAD_MULTIPART" | "FILE_MISSING" | "TOO_MANY_FILES" | "WEBHOOK_URL_REFUSED" | "SILENCE_WITHOUT_END"

export type Budget = {
  readonly user_id: string | null
  readonly limit_usd: number | null
  readonly spent_usd: number
  readonly renews_at: string
}

export type BudgetList = {
  readonly budgets: ReadonlyArray<Budget>
}

export type BulkChange = {
  readonly filter: string
  readonly dry_run: boolean
}

export type BulkResult = {
  readonly matched: number
  readonly eligible: number
  readonly changed: number
  readonly users: number
  readonly estimated_usd: number
  readonly vectors_kept: number
  readonly more: boolean
  readonly said: string
}

export type Capacity = {
  readonly database_bytes: number
  readonly files_bytes: number
  readonly connections: number
  readonly max_connections: number
  readonly growth: CapacityGrowth
  readonly tables: ReadonlyArray<CapacityTable>
  readonly retention: ReadonlyArray<CapacityRetention>
}

export type CapacityGrowth = {
  readonly since: string | null
  readonly database_bytes_per_day: number | null
  readonly files_bytes_per_day: number | null
  readonly limit_bytes: number | null
  readonly days_left: number | null
}

export type CapacityRetention = {
  readonly kind: string
  readonly kept_days: number | null
  readonly ran_at: string | null
  readonly caught_up_at: string | null
  readonly removed: number
}

export type CapacityTable = {
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly bytes_per_day: number | null
  readonly dead_rows: number
}

export type Chunk = {
  readonly chunk_id: string
  readonly ordinal: number
  readonly text: string
  readonly headings: ReadonlyArray<string>
  readonly page: number | null
  readonly sha256: string
  readonly start: number
  readonly end: number
  readonly embedded: boolean
}

export type ChunkPage = {
  readonly chunks: ReadonlyArray<Chunk>
  readonly next_cursor: string | null
}

export type Chunker = "markdown-simple@1" | "markdown-structure@1" | "markdown-structure@2"

export type Conflict = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: ConflictCode
  readonly type: "urn:accessa:problem:conflict"
  readonly status?: 409
  readonly title?: "The current state does not allow this."
}

export type ConflictCode = "DOCUMENT_ID_TAKEN" | "JOB_NOT_RETRYABLE" | "JOB_NOT_CANCELLABLE" | "PROVIDER_IN_SERVICE" | "WEBHOOK_INACTIVE" | "TOO_MANY_WEBHOOKS" | "OWN_USER" | "UPLOAD_MISSING" | "UPLOAD_PRESENT" | "ALERT_NOT_OPEN"

export type Costs = {
  readonly at: string
  readonly hours: ReadonlyArray<CostsHour>
  readonly models: ReadonlyArray<CostsModel>
  readonly months: ReadonlyArray<CostsMonth>
  readonly users: ReadonlyArray<CostsUser>
}

export type CostsHour = {
  readonly at: string
  readonly paid_usd: number
  readonly lost_usd: number
  readonly tokens: number
  readonly reused: number
}

export type CostsModel = {
  readonly model: string
  readonly purpose: CostsModelPurpose
  readonly calls: number
  readonly vectors: number
  readonly tokens: number
  readonly paid_usd: number
}

export type CostsModelPurpose = "documents" | "searches"

export type CostsMonth = {
  readonly month: string
  readonly spent_usd: number
}

export type CostsUser = {
  readonly user_id: string
  readonly spent_usd: number
  readonly limit_usd: number | null
}

export type Delivery = {
  readonly delivery_id: string
  readonly subscription_id: string
  readonly job_id: string | null
  readonly event: DeliveryEvent
  readonly status: DeliveryStatus
  readonly attempt: number
  readonly run_at: string | null
  readonly last_status: number | null
  readonly last_error: string | null
  readonly created_at: string
}

export type DeliveryEvent = "job.complete" | "job.failed" | "webhook.test"

export type DeliveryPage = {
  readonly deliveries: ReadonlyArray<Delivery>
  readonly next_cursor: string | null
}

export type DeliveryStatus = "pending" | "delivered" | "dead"

export type Diagnosis = {
  readonly at: string
  readonly findings: ReadonlyArray<Finding>
}

export type Document = {
  readonly document_id: string
  readonly filename: string
  readonly media_type: string
  readonly bytes: number
  readonly sha256: string
  readonly metadata: Readonly<Record<string, string>>
  readonly created_at: string
  readonly attachments: ReadonlyArray<DocumentAttachment>
  readonly job: Job
}

export type DocumentAttachment = {
  readonly document_id: string
  readonly job_id: string
  readonly filename: string
  readonly status: JobStatus
}

export type ErrorClass = "transient" | "permanent" | "recoverable"

export type ErrorCode = "EMPTY_FILE" | "FILE_TOO_LARGE" | "UNSUPPORTED_TYPE" | "TYPE_MISMATCH" | "ENCRYPTED" | "PARSE_CORRUPT" | "NO_TEXT" | "TOO_MANY_PAGES" | "EXPANSION_LIMIT" | "PARSE_TOO_COMPLEX" | "TEXT_NOT_SANE" | "CHECKSUM_MISMATCH" | "RAW_MISSING" | "RAW_CORRUPT" | "PARSED_MISSING" | "PARSED_CORRUPT" | "PARSER_REJECTED" | "PARSER_FAILED" | "PARSER_TIMEOUT" | "PARSER_RATE_LIMITED" | "PARSER_DEADLINE" | "PARSE_INCOMPLETE" | "PARSER_FORGOTTEN" | "PARSER_CANCELLED" | "PARSER_UNAVAILABLE" | "PARSER_AUTH" | "PARSER_QUOTA" | "EMBED_INPUT_TOO_LONG" | "EMBED_REJECTED" | "EMBED_INVALID_RESPONSE" | "EMBED_DIM_MISMATCH" | "EMBED_FAILED" | "EMBED_TIMEOUT" | "EMBED_RATE_LIMITED" | "EMBED_UNAVAILABLE" | "EMBED_AUTH" | "EMBED_QUOTA" | "BUDGET_EXCEEDED" | "SEARCH_TIMEOUT" | "STORAGE_FAILED" | "STORAGE_UNAVAILABLE" | "STORAGE_DENIED" | "STORAGE_FULL" | "DATABASE_FAILED" | "DATABASE_UNAVAILABLE" | "VACUUM_HELD" | "FOREIGN_GRANTS" | "CALLBACKS_REFUSED" | "AUTH_UNAVAILABLE" | "RECEIPT_MISMATCH" | "CANCELLED" | "WORKER_CRASHED" | "INTERNAL"

export type EscalationLevel = "team" | "lead" | "manager"

export type Explanation = {
  readonly sentence: string
  readonly since: string
  readonly next_action: string
  readonly waiting_for: WaitingFor | null
}

export type FailureGroup = {
  readonly code: ErrorCode
  readonly class: string
  readonly status: JobStatus
  readonly jobs: number
  readonly users: number
  readonly last_hour: number
  readonly fingerprint: string
  readonly first_at: string
  readonly last_at: string
  readonly hours: ReadonlyArray<number>
  readonly new_in: string | null
  readonly kept_texts: number
  readonly kept_chunks: number
  readonly kept_vectors: number
  readonly left_usd: number
  readonly filename: string
  readonly job_id: string
  readonly user_id: string
  readonly message: string
  readonly kept: string
  readonly help: string
}

export type FailureList = {
  readonly failures: ReadonlyArray<FailureGroup>
}

export type Finding = {
  readonly name: string
  readonly ok: boolean
  readonly expected: string
  readonly found: string
  readonly repair: string
}

export type Forbidden = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "ROLE_TOO_LOW"
  readonly type: "urn:accessa:problem:forbidden"
  readonly status?: 403
  readonly title?: "The caller's role does not allow this."
}

export type Gone = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "UPLOAD_EXPIRED"
  readonly type: "urn:accessa:problem:gone"
  readonly status?: 410
  readonly title?: "The upload has expired."
}

export type HeldJob = {
  readonly worker_id: string
  readonly job_id: string
  readonly user_id: string
  readonly filename: string
  readonly status: JobStatus
  readonly since: string
  readonly lease_until: string
}

export type HeldJobList = {
  readonly jobs: ReadonlyArray<HeldJob>
}

export type InspectionsOfApiResponse = {
  readonly place: InspectionsOfApiResponsePlace
  readonly worker_id: string | null
  readonly at: string
  readonly process: InstallationGetResponseApi
  readonly doubts: ReadonlyArray<string>
  readonly log_level: string
  readonly addresses: ReadonlyArray<InspectionsOfApiResponseAddress>
  readonly database: InspectionsOfApiResponseDatabase
  readonly storage: InspectionsOfApiResponseStorage
  readonly storage_fault: string | null
  readonly parser: InspectionsOfApiResponseParser
  readonly embedder: InspectionsOfApiResponseEmbedder
}

export type InspectionsOfApiResponseAddress = {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly protocol: InspectionsOfApiResponseAddressProtocol
  readonly ipv4: InspectionsOfApiResponseAddressIpv4 | null
  readonly ipv6: InspectionsOfApiResponseAddressIpv4 | null
  readonly certificate: InspectionsOfApiResponseAddressCertificate | null
}

export type InspectionsOfApiResponseAddressCertificate = {
  readonly trusted: boolean
  readonly said: string
  readonly valid_to: string
}

export type InspectionsOfApiResponseAddressIpv4 = {
  readonly ok: boolean
  readonly said: string
}

export type InspectionsOfApiResponseAddressProtocol = "tcp" | "tls" | "postgres" | "postgres over tls"

export type InspectionsOfApiResponseDatabase = {
  readonly found: InspectionsOfApiResponseDatabaseFound | null
  readonly fault: string | null
}

export type InspectionsOfApiResponseDatabaseFound = {
  readonly role: string
  readonly login: string
  readonly powers: ReadonlyArray<string>
  readonly hears: boolean
  readonly postgres: string
  readonly pgvector: string
  readonly findings: ReadonlyArray<Finding>
  readonly trespasses: ReadonlyArray<string>
  readonly round_trip_ms: number
}

export type InspectionsOfApiResponseEmbedder = {
  readonly found: InspectionsOfApiResponseEmbedderFound | null
  readonly fault: string | null
}

export type InspectionsOfApiResponseEmbedderFound = {
  readonly model: string
  readonly version: string
  readonly dimensions: number
  readonly requests: InspectionsOfApiResponseEmbedderFoundRequests | null
  readonly tokens: InspectionsOfApiResponseEmbedderFoundRequests | null
}

export type InspectionsOfApiResponseEmbedderFoundRequests = {
  readonly limit: number
  readonly remaining: number
}

export type InspectionsOfApiResponseParser = {
  readonly found: InspectionsOfApiResponseParserFound | null
  readonly fault: string | null
}

export type InspectionsOfApiResponseParserFound = {
  readonly kind: string
}

export type InspectionsOfApiResponsePlace = "api" | "worker"

export type InspectionsOfApiResponseStorage = {
  readonly found: InspectionsOfApiResponseStorageFound | null
  readonly fault: string | null
}

export type InspectionsOfApiResponseStorageFound = {
  readonly kind: InspectionsOfApiResponseStorageFoundKind
  readonly buckets: ReadonlyArray<InspectionsOfApiResponseStorageFoundBucket>
  readonly open: boolean
  readonly expires: boolean | null
}

export type InspectionsOfApiResponseStorageFoundBucket = {
  readonly id: string
  readonly public: boolean
  readonly max_bytes: number | null
  readonly media_types: ReadonlyArray<string>
}

export type InspectionsOfApiResponseStorageFoundKind = "filesystem" | "supabase" | "s3"

export type InspectionsOrderResponse = {
  readonly inspection_id: string
  readonly requested_at: string
  readonly taken_by: string | null
  readonly report: InspectionsOfApiResponse | null
}

export type InstallationControlResponse = {
  readonly took_ms: number
}

export type InstallationGetResponse = {
  readonly database: InstallationGetResponseDatabase
  readonly api: InstallationGetResponseApi
}

export type InstallationGetResponseApi = {
  readonly environment: string
  readonly version: string
  readonly node: string
  readonly settings: ReadonlyArray<InstallationGetResponseApiSetting>
  readonly near_misses: ReadonlyArray<InstallationGetResponseApiNearMiss>
}

export type InstallationGetResponseApiNearMiss = {
  readonly name: string
  readonly meant: string
}

export type InstallationGetResponseApiSetting = {
  readonly name: string
  readonly shape: InstallationGetResponseApiSettingShape
}

export type InstallationGetResponseApiSettingShape = "unset" | "secret" | "number" | "flag" | "text" | "address on this machine" | "address in a private network" | "public address"

export type InstallationGetResponseDatabase = {
  readonly postgres: string
  readonly pgvector: string
  readonly migration: number
  readonly objects: ReadonlyArray<InstallationGetResponseDatabaseObject>
}

export type InstallationGetResponseDatabaseObject = {
  readonly name: string
  readonly sha256: string
}

export type Internal = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "INTERNAL"
  readonly type: "urn:accessa:problem:internal"
  readonly status?: 500
  readonly title?: "Internal error."
}

export type Job = {
  readonly job_id: string
  readonly user_id: string
  readonly document_id: string
  readonly parent_document_id: string | null
  readonly correlation_id: string
  readonly trace_id: string | null
  readonly filename: string
  readonly media_type: string
  readonly bytes: number
  readonly raw_sha256: string
  readonly status: JobStatus
  readonly raw_path: string
  readonly parsed_path: string | null
  readonly parsed_sha256: string | null
  readonly parse_report: JobParseReport | null
  readonly embedding_plan: JobEmbeddingPlan | null
  readonly chunks_version: Chunker
  readonly embed_model: string
  readonly embed_version: string
  readonly progress: JobProgress
  readonly priority: number
  readonly retry_count: number
  readonly crash_count: number
  readonly last_error: JobLastError | null
  readonly tokens_paid: number
  readonly cost_usd: number
  readonly vectors_reused: number
  readonly provider_job_id: string | null
  readonly run_at: string | null
  readonly lease_until: string | null
  readonly processing_started_at: string | null
  readonly processing_completed_at: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly warnings: ReadonlyArray<string>
  readonly error_code: ErrorCode | null
  readonly trace_url: string | null
  readonly links: JobLinks
}

export type JobCall = {
  readonly at: string
  readonly settled_at: string | null
  readonly model: string
  readonly state: JobCallsCallState
  readonly chunks: number
  readonly tokens: number
  readonly cost_usd: number
  readonly request_id: string | null
}

export type JobCalls = {
  readonly calls: ReadonlyArray<JobCall>
  readonly callbacks: ReadonlyArray<JobCallsCallback>
}

export type JobCallsCallState = "announced" | "paid" | "withdrawn" | "reused" | "lost"

export type JobCallsCallback = {
  readonly received_at: string
  readonly event: string
}

export type JobEmbeddingPlan = {
  readonly chunks: number
  readonly reused: number
  readonly estimated_tokens: number
  readonly estimated_cost_usd: number
}

export type JobEvent = {
  readonly event_id: number
  readonly job_id: string
  readonly type: JobEventType
  readonly from_status: JobStatus | null
  readonly to_status: JobStatus
  readonly code: ErrorCode | null
  readonly message: string | null
  readonly actor: string
  readonly fence: number
  readonly progress: JobProgress
  readonly created_at: string
}

export type JobEventLine = {
  readonly id: string
  readonly event: string
  readonly data: string
}

export type JobEventType = "moved" | "retry_scheduled" | "parked" | "crashed" | "note"

export type JobLastError = {
  readonly code: ErrorCode
  readonly class: ErrorClass
  readonly message: string
  readonly help: string
  readonly kept: string
  readonly at_status: JobStatus
  readonly request_id?: string
  readonly since?: string
}

export type JobLine = {
  readonly job_id: string
  readonly document_id: string
  readonly user_id: string
  readonly correlation_id: string
  readonly filename: string
  readonly bytes: number
  readonly status: JobStatus
  readonly since: string
  readonly created_at: string
  readonly retry_count: number
  readonly chunks_total: number
  readonly embeds_done: number
  readonly cost_usd: number
  readonly left_usd: number
  readonly error_code: ErrorCode | null
  readonly last_error: JobLinePageJobLastError | null
  readonly lease_until: string | null
  readonly warnings: ReadonlyArray<string>
}

export type JobLinePage = {
  readonly jobs: ReadonlyArray<JobLine>
  readonly next_cursor: string | null
  readonly said: string
}

export type JobLinePageJobLastError = {
  readonly class: string
  readonly message: string
}

export type JobLinks = {
  readonly self: string
  readonly events: string
  readonly explain: string
  readonly receipt: string
  readonly logs: string
  readonly cancel: string
  readonly retry: string
  readonly document: string
  readonly chunks: string
}

export type JobLogs = {
  readonly lines: ReadonlyArray<LogLine>
  readonly note: string | null
}

export type JobPage = {
  readonly jobs: ReadonlyArray<Job>
  readonly next_cursor: string | null
}

export type JobParseReport = {
  readonly characters: number
  readonly pages: number
  readonly duplicate_of: string | null
  readonly coverage?: JobParseReportCoverage
  readonly coverage_unknown?: string
  readonly left_out?: ReadonlyArray<JobParseReportLeftOut>
  readonly warnings?: ReadonlyArray<string>
  readonly replaced?: ReadonlyArray<JobParseReportReplaced>
  readonly policy?: JobParseReportPolicy
}

export type JobParseReportCoverage = {
  readonly pages: number
  readonly words: number
  readonly found: number
  readonly order: number
  readonly lowest: ReadonlyArray<JobParseReportCoverageLowest>
}

export type JobParseReportCoverageLowest = {
  readonly page: number
  readonly share: number
}

export type JobParseReportLeftOut = {
  readonly kind: JobParseReportLeftOutKind
  readonly page: number
  readonly count: number
  readonly detail: string
}

export type JobParseReportLeftOutKind = "page" | "rest" | "lines" | "form_value" | "picture" | "glyphs" | "hidden_layer" | "attachment" | "encoded"

export type JobParseReportPolicy = "warn" | "fallback" | "fail"

export type JobParseReportReplaced = {
  readonly by: JobParseReportReplacedBy
  readonly pages: ReadonlyArray<number>
}

export type JobParseReportReplacedBy = "local" | "ocr"

export type JobProgress = {
  readonly chunks_total: number
  readonly chunks_done: number
  readonly embeds_total: number
  readonly embeds_done: number
}

export type JobStatus = "uploaded" | "parse_queued" | "parsed" | "parse_validated" | "chunking" | "chunks_stored" | "embedding_queued" | "embedding_in_progress" | "embeddings_stored" | "complete" | "failed_parse" | "failed_chunking" | "failed_embedding"

export type Key = {
  readonly key_id: string
  readonly user_id: string
  readonly role: Role
  readonly name: string
  readonly prefix: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
  readonly last_used_at: string | null
}

export type KeyInFlight = {
  readonly detail: string
  readonly instance?: string
  readonly class: "transient"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "IDEMPOTENCY_IN_FLIGHT"
  readonly retry_after_s: number
  readonly type: "urn:accessa:problem:idempotency-in-flight"
  readonly status?: 409
  readonly title?: "The same request is still in progress."
}

export type KeyList = {
  readonly keys: ReadonlyArray<Key>
  readonly next_cursor: string | null
}

export type KeyReused = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "IDEMPOTENCY_KEY_REUSED"
  readonly type: "urn:accessa:problem:idempotency-key-reused"
  readonly status?: 422
  readonly title?: "The Idempotency-Key was used for another request."
}

export type KeyRotation = {
  readonly grace_s?: number
}

export type KnownJob = {
  readonly job_id: string
  readonly user_id: string
  readonly document_id: string
  readonly parent_document_id: string | null
  readonly correlation_id: string
  readonly trace_id: string | null
  readonly filename: string
  readonly media_type: string
  readonly bytes: number
  readonly raw_sha256: string
  readonly status: JobStatus
  readonly raw_path: string
  readonly parsed_path: string | null
  readonly parsed_sha256: string | null
  readonly parse_report: JobParseReport | null
  readonly embedding_plan: JobEmbeddingPlan | null
  readonly chunks_version: Chunker
  readonly embed_model: string
  readonly embed_version: string
  readonly progress: JobProgress
  readonly priority: number
  readonly retry_count: number
  readonly crash_count: number
  readonly last_error: JobLastError | null
  readonly tokens_paid: number
  readonly cost_usd: number
  readonly vectors_reused: number
  readonly provider_job_id: string | null
  readonly run_at: string | null
  readonly lease_until: string | null
  readonly processing_started_at: string | null
  readonly processing_completed_at: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly warnings: ReadonlyArray<string>
  readonly error_code: ErrorCode | null
  readonly trace_url: string | null
  readonly links: JobLinks
  readonly duplicate: true
}

export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL"

export type LogLine = {
  readonly time: string
  readonly level: LogLevel
  readonly service: string
  readonly message: string
  readonly fields: Readonly<Record<string, string | number | boolean>>
}

export type MadeKey = {
  readonly key_id: string
  readonly user_id: string
  readonly role: Role
  readonly name: string
  readonly prefix: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
  readonly last_used_at: string | null
  readonly secret: string | null
}

export type MadeWebhook = {
  readonly subscription_id: string
  readonly user_id: string
  readonly url: string
  readonly events: ReadonlyArray<WebhookEvent>
  readonly active: boolean
  readonly disabled_reason: string | null
  readonly disabled_at: string | null
  readonly failing_since: string | null
  readonly created_at: string
  readonly secret: string | null
}

export type Me = {
  readonly user_id: string
  readonly role: Role
  readonly actor: string
}

export type MonitorStatus = {
  readonly hostname: string
  readonly version: string
  readonly beat_at: string
  readonly judged_at: string | null
  readonly alive: boolean
}

export type NewBudget = {
  readonly user_id: string | null
  readonly limit_usd: number | null
}

export type NewKey = {
  readonly name: string
  readonly role: Role
  readonly user_id?: string
  readonly expires_at?: string
}

export type NewUpload = {
  readonly filename: string
  readonly bytes: number
  readonly sha256?: string
  readonly media_type?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly force?: boolean
}

export type NewWebhook = {
  readonly url: string
  readonly events?: ReadonlyArray<WebhookEvent>
}

export type NotFound = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: NotFoundCode
  readonly type: "urn:accessa:problem:not-found"
  readonly status?: 404
  readonly title?: "Not found."
}

export type NotFoundCode = "NOT_FOUND" | "JOB_NOT_FOUND" | "DOCUMENT_NOT_FOUND" | "KEY_NOT_FOUND" | "WEBHOOK_NOT_FOUND" | "DELIVERY_NOT_FOUND" | "UPLOAD_NOT_FOUND" | "ALERT_NOT_FOUND" | "RELEASE_NOT_FOUND"

export type NotReady = {
  readonly detail: string
  readonly instance?: string
  readonly code: "NOT_READY"
  readonly class: "recoverable"
  readonly correlation_id: string
  readonly retry_after_s: number
  readonly checks: ReadonlyArray<NotReadyCheck>
  readonly type: "urn:accessa:problem:not-ready"
  readonly status?: 503
  readonly title?: "The service is not ready."
}

export type NotReadyCheck = {
  readonly name: NotReadyCheckName
  readonly ok: boolean
  readonly detail: string
}

export type NotReadyCheckName = "database" | "storage" | "worker" | "intake" | "providers" | "monitor"

export type OverBudget = {
  readonly detail: string
  readonly instance?: string
  readonly class: "recoverable"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "BUDGET_EXCEEDED"
  readonly retry_after_s: number
  readonly type: "urn:accessa:problem:over-budget"
  readonly status?: 429
  readonly title?: "The budget is used up."
}

export type OverQuota = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "STORAGE_QUOTA_EXCEEDED"
  readonly retry_after_s: number
  readonly type: "urn:accessa:problem:over-quota"
  readonly status?: 429
  readonly title?: "The user's storage quota is used up."
}

export type Overloaded = {
  readonly detail: string
  readonly instance?: string
  readonly class: "transient"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "OVERLOADED"
  readonly retry_after_s: number
  readonly type: "urn:accessa:problem:overloaded"
  readonly status?: 503
  readonly title?: "The service is busy."
}

export type Overview = {
  readonly at: string
  readonly in_flight: number
  readonly failed: number
  readonly completed_last_hour: number
  readonly statuses: ReadonlyArray<OverviewStatus>
  readonly minutes: ReadonlyArray<OverviewMinute>
  readonly stages: ReadonlyArray<OverviewStage>
  readonly workers: ReadonlyArray<OverviewWorker>
  readonly providers: ReadonlyArray<OverviewProvider>
  readonly alerts: ReadonlyArray<OverviewAlert>
  readonly errors: ReadonlyArray<OverviewError>
  readonly calls: OverviewCalls
  readonly spend: OverviewSpend
  readonly changes: ReadonlyArray<OverviewChange>
}

export type OverviewAlert = {
  readonly alert_id: number
  readonly key: string
  readonly rule: string
  readonly subject: string
  readonly severity: AlertSeverity
  readonly code: string
  readonly message: string
  readonly state: AlertState
  readonly opened_at: string
}

export type OverviewCalls = {
  readonly made: number
  readonly lost: number
  readonly p50_ms: number | null
  readonly p95_ms: number | null
}

export type OverviewChange = {
  readonly event_id: number
  readonly at: string
  readonly job_id: string
  readonly user_id: string
  readonly filename: string
  readonly type: string
  readonly from_status: JobStatus | null
  readonly to_status: JobStatus
  readonly code: ErrorCode | null
  readonly actor: string
}

export type OverviewError = {
  readonly code: ErrorCode
  readonly events: number
}

export type OverviewMinute = {
  readonly at: string
  readonly complete: number
  readonly failed: number
}

export type OverviewProvider = {
  readonly name: ProviderName
  readonly state: string
  readonly code: ErrorCode | null
  readonly since: string
  readonly probe_at: string | null
  readonly limits: ReadonlyArray<OverviewProviderLimit>
}

export type OverviewProviderLimit = {
  readonly dependency: ProviderName
  readonly kind: OverviewProviderLimitKind
  readonly limit: number
  readonly remaining: number
  readonly at: string
}

export type OverviewProviderLimitKind = "requests" | "tokens"

export type OverviewSpend = {
  readonly today_usd: number
  readonly month_usd: number
  readonly limit_usd: number | null
  readonly tokens_today: number
  readonly reused_today: number
  readonly lost_today_usd: number
}

export type OverviewStage = {
  readonly status: JobStatus
  readonly ended: number
  readonly failed: number
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly usual_p50_ms: number | null
  readonly usual_p95_ms: number | null
}

export type OverviewStatus = {
  readonly status: JobStatus
  readonly jobs: number
  readonly oldest_since: string | null
  readonly entered_last_minute: number
  readonly left_last_minute: number
}

export type OverviewWorker = {
  readonly worker_id: string
  readonly hostname: string
  readonly version: string
  readonly state: WorkerState
  readonly jobs: number
  readonly stale_writes: number
  readonly started_at: string
  readonly heartbeat_at: string
  readonly beats: ReadonlyArray<number>
}

export type Provider = {
  readonly name: ProviderName
  readonly state: ProviderState
  readonly code: ErrorCode | null
  readonly message: string | null
  readonly failures: number
  readonly opened_at: string | null
  readonly probe_at: string | null
  readonly since: string
  readonly updated_by: string
  readonly reason: string | null
}

export type ProviderList = {
  readonly providers: ReadonlyArray<Provider>
}

export type ProviderName = "parser" | "embedder" | "storage" | "database"

export type ProviderState = "closed" | "open" | "half_open" | "halted"

export type Quote = {
  readonly filename: string
  readonly media_type: string
  readonly bytes: number
  readonly sha256: string
  readonly pages: number | null
  readonly estimated_tokens: number
  readonly estimated_cost_usd: number
  readonly basis: QuoteBasis
  readonly embed_model: string
  readonly budget_left_usd: number | null
}

export type QuoteBasis = "text" | "pages" | "size"

export type QuoteForm = {
  readonly file: Blob
}

export type Ready = {
  readonly status: "ready"
  readonly checks: ReadonlyArray<NotReadyCheck>
}

export type Reason = {
  readonly reason: string
}

export type Receipt = {
  readonly chunks_expected: number
  readonly chunks_stored: number
  readonly vectors_stored: number
  readonly embed_model: string
  readonly embed_version: string
  readonly dimensions: number
  readonly content_sha256: string
  readonly parsed_sha256: string
  readonly tokens_paid: number
  readonly vectors_reused: number
  readonly warnings: ReadonlyArray<string>
  readonly replaced: ReadonlyArray<JobParseReportReplaced>
  readonly failed_checks: ReadonlyArray<ReceiptCheck>
}

export type ReceiptCheck = "chunks_match_plan" | "ordinals_without_gap" | "chunk_hashes_match" | "vectors_match_chunks" | "model_matches" | "dimensions_match" | "norms_positive" | "losses_allowed"

export type ReceivedContent = {
  readonly bytes: number
  readonly sha256: string
}

export type RecordedCallback = {
  readonly status: RecordedCallbackStatus
}

export type RecordedCallbackStatus = "recorded" | "duplicate"

export type ReleaseHistory = {
  readonly release: ReleaseListRelease
  readonly steps: ReadonlyArray<ReleaseHistoryStep>
}

export type ReleaseHistoryStep = {
  readonly step: string
  readonly verdict: ReleaseHistoryStepVerdict
  readonly checks: ReadonlyArray<ReleaseHistoryStepCheck>
  readonly ended_at: string
}

export type ReleaseHistoryStepCheck = {
  readonly check: string
  readonly verdict: ReleaseHistoryStepVerdict
  readonly found: string
}

export type ReleaseHistoryStepVerdict = "pass" | "fail" | "inconclusive"

export type ReleaseList = {
  readonly releases: ReadonlyArray<ReleaseListRelease>
}

export type ReleaseListRelease = {
  readonly release_id: string
  readonly environment: string
  readonly version: string
  readonly started_by: string
  readonly started_at: string
  readonly before: ReleaseListReleaseBefore
  readonly request: ReleaseListReleaseRequest | null
  readonly request_reason: string | null
  readonly outcome: ReleaseListReleaseOutcome | null
  readonly ended_at: string | null
  readonly reason: string | null
  readonly held: boolean
}

export type ReleaseListReleaseBefore = {
  readonly migration: number
  readonly services: ReadonlyArray<ReleaseListReleaseBeforeService>
}

export type ReleaseListReleaseBeforeService = {
  readonly name: string
  readonly version: string
  readonly deployment: string
  readonly replicas: number
  readonly autodeploy: boolean
  readonly settings: ReadonlyArray<string>
}

export type ReleaseListReleaseOutcome = "promoted" | "rolled_back" | "needs_a_person"

export type ReleaseListReleaseRequest = "hold" | "promote" | "rollback"

export type RequestFault = {
  readonly pointer: string
  readonly detail: string
}

export type Role = "viewer" | "user" | "operator" | "admin"

export type SearchHit = {
  readonly chunk_id: string
  readonly ordinal: number
  readonly text: string
  readonly headings: ReadonlyArray<string>
  readonly page: number | null
  readonly document_id: string
  readonly filename: string
  readonly score: number
}

export type SearchMatchDocumentsRequest = {
  readonly query_embedding: ReadonlyArray<number>
  readonly match_count?: number | null
  readonly filter?: Readonly<Record<string, unknown>>
}

export type SearchMatchDocumentsResponse = {
  readonly id: string
  readonly content: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly similarity: number
}

export type SearchRequest = {
  readonly query: string
  readonly limit?: number
  readonly document_id?: string
}

export type SearchResult = {
  readonly hits: ReadonlyArray<SearchHit>
}

export type SinkTest = {
  readonly sink?: AlertSinkName
}

export type SinkTestResult = {
  readonly sink: AlertSinkName
  readonly delivered: boolean
  readonly problem: string | null
  readonly took_ms: number
}

export type SinkTestResults = {
  readonly results: ReadonlyArray<SinkTestResult>
}

export type StorageCheck = {
  readonly documents: number
  readonly missing: ReadonlyArray<StorageCheckMissing>
  readonly next_cursor: string | null
}

export type StorageCheckMissing = {
  readonly user_id: string
  readonly document_id: string
  readonly path: string
}

export type TooLarge = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: TooLargeCode
  readonly type: "urn:accessa:problem:too-large"
  readonly status?: 413
  readonly title?: "The request is larger than the limit."
}

export type TooLargeCode = "FILE_TOO_LARGE" | "BODY_TOO_LARGE"

export type TooManyRequests = {
  readonly detail: string
  readonly instance?: string
  readonly class: "transient"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: TooManyRequestsCode
  readonly retry_after_s: number
  readonly type: "urn:accessa:problem:too-many-requests"
  readonly status?: 429
  readonly title?: "Too many requests."
}

export type TooManyRequestsCode = "RATE_LIMITED" | "TOO_MANY_AT_ONCE" | "TOO_MANY_OPEN_UPLOADS" | "TOO_MANY_DELIVERIES"

export type Unauthenticated = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: UnauthenticatedCode
  readonly type: "urn:accessa:problem:unauthenticated"
  readonly status?: 401
  readonly title?: "The credential is not valid."
}

export type UnauthenticatedCode = "UNAUTHENTICATED" | "BAD_CREDENTIAL"

export type Unauthorized = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: "BAD_SIGNATURE"
  readonly type: "urn:accessa:problem:unauthorized"
  readonly status?: 401
  readonly title?: "The request is not authenticated."
}

export type Unavailable = {
  readonly detail: string
  readonly instance?: string
  readonly class: ErrorClass
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: ErrorCode
  readonly retry_after_s: number
  readonly type: "urn:accessa:problem:unavailable"
  readonly status?: 503
  readonly title?: "A required service is not available."
}

export type Unprocessable = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: ErrorCode
  readonly type: "urn:accessa:problem:unprocessable"
  readonly status?: 422
  readonly title?: "The content cannot be processed."
}

export type UnsupportedMedia = {
  readonly detail: string
  readonly instance?: string
  readonly class: "permanent"
  readonly correlation_id: string
  readonly trace_url?: string
  readonly code: UnsupportedMediaCode
  readonly type: "urn:accessa:problem:unsupported-media"
  readonly status?: 415
  readonly title?: "This content type is not supported."
}

export type UnsupportedMediaCode = "UNSUPPORTED_TYPE" | "TYPE_MISMATCH"

export type Upload = {
  readonly document_id: string
  readonly upload_url: string
  readonly method: "PUT"
  readonly headers: Readonly<Record<string, string>>
  readonly expires_at: string
  readonly complete_by: string
  readonly links: UploadLinks
}

export type UploadCompletion = {
  readonly sha256: string
}

export type UploadForm = {
  readonly file: Blob
  readonly document_id?: string
  readonly metadata?: string
  readonly priority?: number
  readonly force?: boolean
}

export type UploadLinks = {
  readonly complete: string
}

export type UsersEraseResponse = {
  readonly erased: number
  readonly remaining: number
}

export type UsersExportResponse = {
  readonly records: ReadonlyArray<UsersExportResponseRecord>
  readonly files: ReadonlyArray<UsersExportResponseFile>
  readonly next_cursor: string | null
}

export type UsersExportResponseFile = {
  readonly document_id: string
  readonly kind: UsersExportResponseFileKind
  readonly filename: string
}

export type UsersExportResponseFileKind = "raw" | "parsed"

export type UsersExportResponseRecord = {
  readonly table: string
  readonly row: unknown
}

export type UsersLeftoversResponse = {
  readonly rows: ReadonlyArray<UsersLeftoversResponseRow>
  readonly objects: number
  readonly pending_erasures: number
}

export type UsersLeftoversResponseRow = {
  readonly table: string
  readonly rows: number
}

export type WaitingFor = "worker" | "parser" | "embedder" | "storage" | "database" | "budget" | "retry" | "person"

export type Webhook = {
  readonly subscription_id: string
  readonly user_id: string
  readonly url: string
  readonly events: ReadonlyArray<WebhookEvent>
  readonly active: boolean
  readonly disabled_reason: string | null
  readonly disabled_at: string | null
  readonly failing_since: string | null
  readonly created_at: string
}

export type WebhookChange = {
  readonly url?: string
  readonly events?: ReadonlyArray<WebhookEvent>
  readonly active?: boolean
}

export type WebhookEvent = "job.complete" | "job.failed"

export type WebhookList = {
  readonly webhooks: ReadonlyArray<Webhook>
}

export type WorkerState = "running" | "silent" | "draining" | "stopped"

/** What the API answers instead: `code` tells the kinds apart. */
export type Problem =
  | BadRequest
  | Conflict
  | Forbidden
  | Gone
  | Internal
  | KeyInFlight
  | KeyReused
  | NotFound
  | NotReady
  | OverBudget
  | OverQuota
  | Overloaded
  | TooLarge
  | TooManyRequests
  | Unauthenticated
  | Unauthorized
  | Unavailable
  | Unprocessable
  | UnsupportedMedia
