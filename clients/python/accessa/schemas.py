# Written by scripts/write-docs.ts from the contract.
"""The schemas of the Accessa Ingestion API."""
from typing import Any, Literal, NotRequired, TypedDict, Union

AcceptedJob = TypedDict("AcceptedJob", {
    "job_id": str,
    "user_id": str,
    "document_id": str,
    "parent_document_id": Union[str, None],
    "correlation_id": str,
    "trace_id": Union[str, None],
    "filename": str,
    "media_type": str,
    "bytes": int,
    "raw_sha256": str,
    "status": "JobStatus",
    "raw_path": str,
    "parsed_path": Union[str, None],
    "parsed_sha256": Union[str, None],
    "parse_report": Union["JobParseReport", None],
    "embedding_plan": Union["JobEmbeddingPlan", None],
    "chunks_version": "Chunker",
    "embed_model": str,
    "embed_version": str,
    "progress": "JobProgress",
    "priority": int,
    "retry_count": int,
    "crash_count": int,
    "last_error": Union["JobLastError", None],
    "tokens_paid": int,
    "cost_usd": float,
    "vectors_reused": int,
    "provider_job_id": Union[str, None],
    "run_at": Union[str, None],
    "lease_until": Union[str, None],
    "processing_started_at": Union[str, None],
    "processing_completed_at": Union[str, None],
    "created_at": str,
    "updated_at": str,
    "warnings": list[str],
    "error_code": Union["ErrorCode", None],
    "trace_url": Union[str, None],
    "links": "JobLinks",
    "duplicate": Literal[False],
})

Alert = TypedDict("Alert", {
    "alert_id": int,
    "rule": str,
    "subject": str,
    "key": str,
    "code": str,
    "severity": "AlertSeverity",
    "state": "AlertState",
    "message": str,
    "count": int,
    "opened_at": str,
    "fired_at": Union[str, None],
    "seen_at": str,
    "acknowledged_at": Union[str, None],
    "silenced_until": Union[str, None],
    "closed_at": Union[str, None],
    "changed_by": str,
    "change_reason": Union[str, None],
    "level": Union["EscalationLevel", None],
})

AlertEventType = Literal["pending", "firing", "acknowledged", "silenced", "unsilenced", "resolved", "cleared"]

AlertHistory = TypedDict("AlertHistory", {
    "alert": "Alert",
    "events": list["AlertHistoryEvent"],
    "deliveries": list["AlertHistoryDelivery"],
})

AlertHistoryDelivery = TypedDict("AlertHistoryDelivery", {
    "sink": str,
    "state": "AlertHistoryDeliveryState",
    "level": "EscalationLevel",
    "attempts": int,
    "created_at": str,
    "delivered_at": Union[str, None],
    "run_at": Union[str, None],
    "last_error": Union[str, None],
})

AlertHistoryDeliveryState = Literal["firing", "acknowledged", "resolved"]

AlertHistoryEvent = TypedDict("AlertHistoryEvent", {
    "event_id": int,
    "at": str,
    "type": "AlertEventType",
    "actor": str,
    "reason": Union[str, None],
    "silenced_until": Union[str, None],
})

AlertList = TypedDict("AlertList", {
    "alerts": list["Alert"],
    "monitor": Union["MonitorStatus", None],
})

AlertRule = TypedDict("AlertRule", {
    "name": str,
    "severity": "AlertSeverity",
    "title": str,
    "meaning": str,
    "threshold": Union[float, None],
    "unit": str,
    "for_seconds": float,
    "cool_down_seconds": float,
    "enabled": bool,
})

AlertRuleList = TypedDict("AlertRuleList", {
    "rules": list["AlertRule"],
})

AlertRuleName = Literal["NO_WORKER", "WORKER_SILENT", "WORKER_CLOCK", "QUEUE_SILENT", "STUCK_JOB", "POISON_DOCUMENT", "ERROR_BURST", "SUCCESS_RATE", "LATENCY", "BUDGET_LOW", "BUDGET_USED_UP", "CIRCUIT_OPEN", "CALLBACKS_REFUSED", "CALLBACKS_LOST", "SIGN_INS_REFUSED", "BUFFER_GROWTH", "DISK_FULL", "CONNECTIONS", "DATABASE_SLOW", "DATABASE_UNREACHABLE", "DEPENDENCY_UNREACHABLE", "VACUUM_HELD", "FOREIGN_GRANTS", "COMPLIANCE", "SINK_FAILING", "RELEASE_NEEDS_A_PERSON", "RELEASE_ROLLED_BACK", "NO_DATA"]

AlertSeverity = Literal["critical", "warning", "info"]

AlertSilence = TypedDict("AlertSilence", {
    "reason": str,
    "until": NotRequired[Union[str, None]],
})

AlertSinkName = Literal["log", "webhook", "slack", "pagerduty", "email", "alertmanager"]

AlertState = Literal["pending", "firing", "acknowledged", "silenced", "resolved"]

AlertsListWhich = Literal["open", "all"]

Alive = TypedDict("Alive", {
    "status": "AliveStatus",
})

AliveStatus = Literal["ok", "stopping"]

AuditCheck = TypedDict("AuditCheck", {
    "entries": int,
    "last_hash": Union[str, None],
    "broken_entry": Union[int, None],
    "next_cursor": Union[str, None],
})

AuditEntry = TypedDict("AuditEntry", {
    "entry_id": int,
    "at": str,
    "actor": str,
    "role": str,
    "user_id": Union[str, None],
    "action": str,
    "target_type": str,
    "target_id": str,
    "reason": Union[str, None],
    "before": Any,
    "after": Any,
    "correlation_id": Union[str, None],
    "hash": str,
})

AuditPage = TypedDict("AuditPage", {
    "entries": list["AuditEntry"],
    "next_cursor": Union[str, None],
})

BadRequest = TypedDict("BadRequest", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "BadRequestCode",
    "errors": list["RequestFault"],
    "type": Literal["urn:accessa:problem:bad-request"],
    "status": NotRequired[Literal[400]],
    "title": NotRequired[Literal["The request is malformed."]],
})

BadRequestCode = Literal["BAD_REQUEST", "BAD_MULTIPART", "FILE_MISSING", "TOO_MANY_FILES", "WEBHOOK_URL_REFUSED", "SILENCE_WITHOUT_END"]

Budget = TypedDict("Budget", {
    "user_id": Union[str, None],
    "limit_usd": Union[float, None],
    "spent_usd": float,
    "renews_at": str,
})

BudgetList = TypedDict("BudgetList", {
    "budgets": list["Budget"],
})

BulkChange = TypedDict("BulkChange", {
    "filter": str,
    "dry_run": bool,
})

BulkResult = TypedDict("BulkResult", {
    "matched": int,
    "eligible": int,
    "changed": int,
    "users": int,
    "estimated_usd": float,
    "vectors_kept": int,
    "more": bool,
    "said": str,
})

Capacity = TypedDict("Capacity", {
    "database_bytes": int,
    "files_bytes": int,
    "connections": int,
    "max_connections": int,
    "growth": "CapacityGrowth",
    "tables": list["CapacityTable"],
    "retention": list["CapacityRetention"],
})

CapacityGrowth = TypedDict("CapacityGrowth", {
    "since": Union[str, None],
    "database_bytes_per_day": Union[float, None],
    "files_bytes_per_day": Union[float, None],
    "limit_bytes": Union[float, None],
    "days_left": Union[float, None],
})

CapacityRetention = TypedDict("CapacityRetention", {
    "kind": str,
    "kept_days": Union[float, None],
    "ran_at": Union[str, None],
    "caught_up_at": Union[str, None],
    "removed": int,
})

CapacityTable = TypedDict("CapacityTable", {
    "name": str,
    "rows": int,
    "bytes": int,
    "bytes_per_day": Union[float, None],
    "dead_rows": int,
})

Chunk = TypedDict("Chunk", {
    "chunk_id": str,
    "ordinal": int,
    "text": str,
    "headings": list[str],
    "page": Union[int, None],
    "sha256": str,
    "start": int,
    "end": int,
    "embedded": bool,
})

ChunkPage = TypedDict("ChunkPage", {
    "chunks": list["Chunk"],
    "next_cursor": Union[str, None],
})

Chunker = Literal["markdown-simple@1", "markdown-structure@1", "markdown-structure@2"]

Conflict = TypedDict("Conflict", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "ConflictCode",
    "type": Literal["urn:accessa:problem:conflict"],
    "status": NotRequired[Literal[409]],
    "title": NotRequired[Literal["The current state does not allow this."]],
})

ConflictCode = Literal["DOCUMENT_ID_TAKEN", "JOB_NOT_RETRYABLE", "JOB_NOT_CANCELLABLE", "PROVIDER_IN_SERVICE", "WEBHOOK_INACTIVE", "TOO_MANY_WEBHOOKS", "OWN_USER", "UPLOAD_MISSING", "UPLOAD_PRESENT", "ALERT_NOT_OPEN"]

Costs = TypedDict("Costs", {
    "at": str,
    "hours": list["CostsHour"],
    "models": list["CostsModel"],
    "months": list["CostsMonth"],
    "users": list["CostsUser"],
})

CostsHour = TypedDict("CostsHour", {
    "at": str,
    "paid_usd": float,
    "lost_usd": float,
    "tokens": int,
    "reused": int,
})

CostsModel = TypedDict("CostsModel", {
    "model": str,
    "purpose": "CostsModelPurpose",
    "calls": int,
    "vectors": int,
    "tokens": int,
    "paid_usd": float,
})

CostsModelPurpose = Literal["documents", "searches"]

CostsMonth = TypedDict("CostsMonth", {
    "month": str,
    "spent_usd": float,
})

CostsUser = TypedDict("CostsUser", {
    "user_id": str,
    "spent_usd": float,
    "limit_usd": Union[float, None],
})

Delivery = TypedDict("Delivery", {
    "delivery_id": str,
    "subscription_id": str,
    "job_id": Union[str, None],
    "event": "DeliveryEvent",
    "status": "DeliveryStatus",
    "attempt": int,
    "run_at": Union[str, None],
    "last_status": Union[int, None],
    "last_error": Union[str, None],
    "created_at": str,
})

DeliveryEvent = Literal["job.complete", "job.failed", "webhook.test"]

DeliveryPage = TypedDict("DeliveryPage", {
    "deliveries": list["Delivery"],
    "next_cursor": Union[str, None],
})

DeliveryStatus = Literal["pending", "delivered", "dead"]

Diagnosis = TypedDict("Diagnosis", {
    "at": str,
    "findings": list["Finding"],
})

Document = TypedDict("Document", {
    "document_id": str,
    "filename": str,
    "media_type": str,
    "bytes": int,
    "sha256": str,
    "metadata": dict[str, str],
    "created_at": str,
    "attachments": list["DocumentAttachment"],
    "job": "Job",
})

DocumentAttachment = TypedDict("DocumentAttachment", {
    "document_id": str,
    "job_id": str,
    "filename": str,
    "status": "JobStatus",
})

ErrorClass = Literal["transient", "permanent", "recoverable"]

ErrorCode = Literal["EMPTY_FILE", "FILE_TOO_LARGE", "UNSUPPORTED_TYPE", "TYPE_MISMATCH", "ENCRYPTED", "PARSE_CORRUPT", "NO_TEXT", "TOO_MANY_PAGES", "EXPANSION_LIMIT", "PARSE_TOO_COMPLEX", "TEXT_NOT_SANE", "CHECKSUM_MISMATCH", "RAW_MISSING", "RAW_CORRUPT", "PARSED_MISSING", "PARSED_CORRUPT", "PARSER_REJECTED", "PARSER_FAILED", "PARSER_TIMEOUT", "PARSER_RATE_LIMITED", "PARSER_DEADLINE", "PARSE_INCOMPLETE", "PARSER_FORGOTTEN", "PARSER_CANCELLED", "PARSER_UNAVAILABLE", "PARSER_AUTH", "PARSER_QUOTA", "EMBED_INPUT_TOO_LONG", "EMBED_REJECTED", "EMBED_INVALID_RESPONSE", "EMBED_DIM_MISMATCH", "EMBED_FAILED", "EMBED_TIMEOUT", "EMBED_RATE_LIMITED", "EMBED_UNAVAILABLE", "EMBED_AUTH", "EMBED_QUOTA", "BUDGET_EXCEEDED", "SEARCH_TIMEOUT", "STORAGE_FAILED", "STORAGE_UNAVAILABLE", "STORAGE_DENIED", "STORAGE_FULL", "DATABASE_FAILED", "DATABASE_UNAVAILABLE", "VACUUM_HELD", "FOREIGN_GRANTS", "CALLBACKS_REFUSED", "AUTH_UNAVAILABLE", "RECEIPT_MISMATCH", "CANCELLED", "WORKER_CRASHED", "INTERNAL"]

EscalationLevel = Literal["team", "lead", "manager"]

Explanation = TypedDict("Explanation", {
    "sentence": str,
    "since": str,
    "next_action": str,
    "waiting_for": Union["WaitingFor", None],
})

FailureGroup = TypedDict("FailureGroup", {
    "code": "ErrorCode",
    "class": str,
    "status": "JobStatus",
    "jobs": int,
    "users": int,
    "last_hour": int,
    "fingerprint": str,
    "first_at": str,
    "last_at": str,
    "hours": list[int],
    "new_in": Union[str, None],
    "kept_texts": int,
    "kept_chunks": int,
    "kept_vectors": int,
    "left_usd": float,
    "filename": str,
    "job_id": str,
    "user_id": str,
    "message": str,
    "kept": str,
    "help": str,
})

FailureList = TypedDict("FailureList", {
    "failures": list["FailureGroup"],
})

Finding = TypedDict("Finding", {
    "name": str,
    "ok": bool,
    "expected": str,
    "found": str,
    "repair": str,
})

Forbidden = TypedDict("Forbidden", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["ROLE_TOO_LOW"],
    "type": Literal["urn:accessa:problem:forbidden"],
    "status": NotRequired[Literal[403]],
    "title": NotRequired[Literal["The caller's role does not allow this."]],
})

Gone = TypedDict("Gone", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["UPLOAD_EXPIRED"],
    "type": Literal["urn:accessa:problem:gone"],
    "status": NotRequired[Literal[410]],
    "title": NotRequired[Literal["The upload has expired."]],
})

HeldJob = TypedDict("HeldJob", {
    "worker_id": str,
    "job_id": str,
    "user_id": str,
    "filename": str,
    "status": "JobStatus",
    "since": str,
    "lease_until": str,
})

HeldJobList = TypedDict("HeldJobList", {
    "jobs": list["HeldJob"],
})

InspectionsOfApiResponse = TypedDict("InspectionsOfApiResponse", {
    "place": "InspectionsOfApiResponsePlace",
    "worker_id": Union[str, None],
    "at": str,
    "process": "InstallationGetResponseApi",
    "doubts": list[str],
    "log_level": str,
    "addresses": list["InspectionsOfApiResponseAddress"],
    "database": "InspectionsOfApiResponseDatabase",
    "storage": "InspectionsOfApiResponseStorage",
    "storage_fault": Union[str, None],
    "parser": "InspectionsOfApiResponseParser",
    "embedder": "InspectionsOfApiResponseEmbedder",
})

InspectionsOfApiResponseAddress = TypedDict("InspectionsOfApiResponseAddress", {
    "name": str,
    "host": str,
    "port": int,
    "protocol": "InspectionsOfApiResponseAddressProtocol",
    "ipv4": Union["InspectionsOfApiResponseAddressIpv4", None],
    "ipv6": Union["InspectionsOfApiResponseAddressIpv4", None],
    "certificate": Union["InspectionsOfApiResponseAddressCertificate", None],
})

InspectionsOfApiResponseAddressCertificate = TypedDict("InspectionsOfApiResponseAddressCertificate", {
    "trusted": bool,
    "said": str,
    "valid_to": str,
})

InspectionsOfApiResponseAddressIpv4 = TypedDict("InspectionsOfApiResponseAddressIpv4", {
    "ok": bool,
    "said": str,
})

InspectionsOfApiResponseAddressProtocol = Literal["tcp", "tls", "postgres", "postgres over tls"]

InspectionsOfApiResponseDatabase = TypedDict("InspectionsOfApiResponseDatabase", {
    "found": Union["InspectionsOfApiResponseDatabaseFound", None],
    "fault": Union[str, None],
})

InspectionsOfApiResponseDatabaseFound = TypedDict("InspectionsOfApiResponseDatabaseFound", {
    "role": str,
    "login": str,
    "powers": list[str],
    "hears": bool,
    "postgres": str,
    "pgvector": str,
    "findings": list["Finding"],
    "trespasses": list[str],
    "round_trip_ms": float,
})

InspectionsOfApiResponseEmbedder = TypedDict("InspectionsOfApiResponseEmbedder", {
    "found": Union["InspectionsOfApiResponseEmbedderFound", None],
    "fault": Union[str, None],
})

InspectionsOfApiResponseEmbedderFound = TypedDict("InspectionsOfApiResponseEmbedderFound", {
    "model": str,
    "version": str,
    "dimensions": int,
    "requests": Union["InspectionsOfApiResponseEmbedderFoundRequests", None],
    "tokens": Union["InspectionsOfApiResponseEmbedderFoundRequests", None],
})

InspectionsOfApiResponseEmbedderFoundRequests = TypedDict("InspectionsOfApiResponseEmbedderFoundRequests", {
    "limit": float,
    "remaining": float,
})

InspectionsOfApiResponseParser = TypedDict("InspectionsOfApiResponseParser", {
    "found": Union["InspectionsOfApiResponseParserFound", None],
    "fault": Union[str, None],
})

InspectionsOfApiResponseParserFound = TypedDict("InspectionsOfApiResponseParserFound", {
    "kind": str,
})

InspectionsOfApiResponsePlace = Literal["api", "worker"]

InspectionsOfApiResponseStorage = TypedDict("InspectionsOfApiResponseStorage", {
    "found": Union["InspectionsOfApiResponseStorageFound", None],
    "fault": Union[str, None],
})

InspectionsOfApiResponseStorageFound = TypedDict("InspectionsOfApiResponseStorageFound", {
    "kind": "InspectionsOfApiResponseStorageFoundKind",
    "buckets": list["InspectionsOfApiResponseStorageFoundBucket"],
    "open": bool,
    "expires": Union[bool, None],
})

InspectionsOfApiResponseStorageFoundBucket = TypedDict("InspectionsOfApiResponseStorageFoundBucket", {
    "id": str,
    "public": bool,
    "max_bytes": Union[int, None],
    "media_types": list[str],
})

InspectionsOfApiResponseStorageFoundKind = Literal["filesystem", "supabase", "s3"]

InspectionsOrderResponse = TypedDict("InspectionsOrderResponse", {
    "inspection_id": str,
    "requested_at": str,
    "taken_by": Union[str, None],
    "report": Union["InspectionsOfApiResponse", None],
})

InstallationControlResponse = TypedDict("InstallationControlResponse", {
    "took_ms": float,
})

InstallationGetResponse = TypedDict("InstallationGetResponse", {
    "database": "InstallationGetResponseDatabase",
    "api": "InstallationGetResponseApi",
})

InstallationGetResponseApi = TypedDict("InstallationGetResponseApi", {
    "environment": str,
    "version": str,
    "node": str,
    "settings": list["InstallationGetResponseApiSetting"],
    "near_misses": list["InstallationGetResponseApiNearMiss"],
})

InstallationGetResponseApiNearMiss = TypedDict("InstallationGetResponseApiNearMiss", {
    "name": str,
    "meant": str,
})

InstallationGetResponseApiSetting = TypedDict("InstallationGetResponseApiSetting", {
    "name": str,
    "shape": "InstallationGetResponseApiSettingShape",
})

InstallationGetResponseApiSettingShape = Literal["unset", "secret", "number", "flag", "text", "address on this machine", "address in a private network", "public address"]

InstallationGetResponseDatabase = TypedDict("InstallationGetResponseDatabase", {
    "postgres": str,
    "pgvector": str,
    "migration": int,
    "objects": list["InstallationGetResponseDatabaseObject"],
})

InstallationGetResponseDatabaseObject = TypedDict("InstallationGetResponseDatabaseObject", {
    "name": str,
    "sha256": str,
})

Internal = TypedDict("Internal", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["INTERNAL"],
    "type": Literal["urn:accessa:problem:internal"],
    "status": NotRequired[Literal[500]],
    "title": NotRequired[Literal["Internal error."]],
})

Job = TypedDict("Job", {
    "job_id": str,
    "user_id": str,
    "document_id": str,
    "parent_document_id": Union[str, None],
    "correlation_id": str,
    "trace_id": Union[str, None],
    "filename": str,
    "media_type": str,
    "bytes": int,
    "raw_sha256": str,
    "status": "JobStatus",
    "raw_path": str,
    "parsed_path": Union[str, None],
    "parsed_sha256": Union[str, None],
    "parse_report": Union["JobParseReport", None],
    "embedding_plan": Union["JobEmbeddingPlan", None],
    "chunks_version": "Chunker",
    "embed_model": str,
    "embed_version": str,
    "progress": "JobProgress",
    "priority": int,
    "retry_count": int,
    "crash_count": int,
    "last_error": Union["JobLastError", None],
    "tokens_paid": int,
    "cost_usd": float,
    "vectors_reused": int,
    "provider_job_id": Union[str, None],
    "run_at": Union[str, None],
    "lease_until": Union[str, None],
    "processing_started_at": Union[str, None],
    "processing_completed_at": Union[str, None],
    "created_at": str,
    "updated_at": str,
    "warnings": list[str],
    "error_code": Union["ErrorCode", None],
    "trace_url": Union[str, None],
    "links": "JobLinks",
})

JobCall = TypedDict("JobCall", {
    "at": str,
    "settled_at": Union[str, None],
    "model": str,
    "state": "JobCallsCallState",
    "chunks": int,
    "tokens": int,
    "cost_usd": float,
    "request_id": Union[str, None],
})

JobCalls = TypedDict("JobCalls", {
    "calls": list["JobCall"],
    "callbacks": list["JobCallsCallback"],
})

JobCallsCallState = Literal["announced", "paid", "withdrawn", "reused", "lost"]

JobCallsCallback = TypedDict("JobCallsCallback", {
    "received_at": str,
    "event": str,
})

JobEmbeddingPlan = TypedDict("JobEmbeddingPlan", {
    "chunks": int,
    "reused": int,
    "estimated_tokens": int,
    "estimated_cost_usd": float,
})

JobEvent = TypedDict("JobEvent", {
    "event_id": int,
    "job_id": str,
    "type": "JobEventType",
    "from_status": Union["JobStatus", None],
    "to_status": "JobStatus",
    "code": Union["ErrorCode", None],
    "message": Union[str, None],
    "actor": str,
    "fence": int,
    "progress": "JobProgress",
    "created_at": str,
})

JobEventLine = TypedDict("JobEventLine", {
    "id": str,
    "event": str,
    "data": str,
})

JobEventType = Literal["moved", "retry_scheduled", "parked", "crashed", "note"]

JobLastError = TypedDict("JobLastError", {
    "code": "ErrorCode",
    "class": "ErrorClass",
    "message": str,
    "help": str,
    "kept": str,
    "at_status": "JobStatus",
    "request_id": NotRequired[str],
    "since": NotRequired[str],
})

JobLine = TypedDict("JobLine", {
    "job_id": str,
    "document_id": str,
    "user_id": str,
    "correlation_id": str,
    "filename": str,
    "bytes": int,
    "status": "JobStatus",
    "since": str,
    "created_at": str,
    "retry_count": int,
    "chunks_total": int,
    "embeds_done": int,
    "cost_usd": float,
    "left_usd": float,
    "error_code": Union["ErrorCode", None],
    "last_error": Union["JobLinePageJobLastError", None],
    "lease_until": Union[str, None],
    "warnings": list[str],
})

JobLinePage = TypedDict("JobLinePage", {
    "jobs": list["JobLine"],
    "next_cursor": Union[str, None],
    "said": str,
})

JobLinePageJobLastError = TypedDict("JobLinePageJobLastError", {
    "class": str,
    "message": str,
})

JobLinks = TypedDict("JobLinks", {
    "self": str,
    "events": str,
    "explain": str,
    "receipt": str,
    "logs": str,
    "cancel": str,
    "retry": str,
    "document": str,
    "chunks": str,
})

JobLogs = TypedDict("JobLogs", {
    "lines": list["LogLine"],
    "note": Union[str, None],
})

JobPage = TypedDict("JobPage", {
    "jobs": list["Job"],
    "next_cursor": Union[str, None],
})

JobParseReport = TypedDict("JobParseReport", {
    "characters": int,
    "pages": int,
    "duplicate_of": Union[str, None],
    "coverage": NotRequired["JobParseReportCoverage"],
    "coverage_unknown": NotRequired[str],
    "left_out": NotRequired[list["JobParseReportLeftOut"]],
    "warnings": NotRequired[list[str]],
    "replaced": NotRequired[list["JobParseReportReplaced"]],
    "policy": NotRequired["JobParseReportPolicy"],
})

JobParseReportCoverage = TypedDict("JobParseReportCoverage", {
    "pages": int,
    "words": int,
    "found": int,
    "order": float,
    "lowest": list["JobParseReportCoverageLowest"],
})

JobParseReportCoverageLowest = TypedDict("JobParseReportCoverageLowest", {
    "page": int,
    "share": float,
})

JobParseReportLeftOut = TypedDict("JobParseReportLeftOut", {
    "kind": "JobParseReportLeftOutKind",
    "page": int,
    "count": int,
    "detail": str,
})

JobParseReportLeftOutKind = Literal["page", "rest", "lines", "form_value", "picture", "glyphs", "hidden_layer", "attachment", "encoded"]

JobParseReportPolicy = Literal["warn", "fallback", "fail"]

JobParseReportReplaced = TypedDict("JobParseReportReplaced", {
    "by": "JobParseReportReplacedBy",
    "pages": list[int],
})

JobParseReportReplacedBy = Literal["local", "ocr"]

JobProgress = TypedDict("JobProgress", {
    "chunks_total": int,
    "chunks_done": int,
    "embeds_total": int,
    "embeds_done": int,
})

JobStatus = Literal["uploaded", "parse_queued", "parsed", "parse_validated", "chunking", "chunks_stored", "embedding_queued", "embedding_in_progress", "embeddings_stored", "complete", "failed_parse", "failed_chunking", "failed_embedding"]

Key = TypedDict("Key", {
    "key_id": str,
    "user_id": str,
    "role": "Role",
    "name": str,
    "prefix": str,
    "created_at": str,
    "expires_at": Union[str, None],
    "revoked_at": Union[str, None],
    "last_used_at": Union[str, None],
})

KeyInFlight = TypedDict("KeyInFlight", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["transient"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["IDEMPOTENCY_IN_FLIGHT"],
    "retry_after_s": int,
    "type": Literal["urn:accessa:problem:idempotency-in-flight"],
    "status": NotRequired[Literal[409]],
    "title": NotRequired[Literal["The same request is still in progress."]],
})

KeyList = TypedDict("KeyList", {
    "keys": list["Key"],
    "next_cursor": Union[str, None],
})

KeyReused = TypedDict("KeyReused", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["IDEMPOTENCY_KEY_REUSED"],
    "type": Literal["urn:accessa:problem:idempotency-key-reused"],
    "status": NotRequired[Literal[422]],
    "title": NotRequired[Literal["The Idempotency-Key was used for another request."]],
})

KeyRotation = TypedDict("KeyRotation", {
    "grace_s": NotRequired[int],
})

KnownJob = TypedDict("KnownJob", {
    "job_id": str,
    "user_id": str,
    "document_id": str,
    "parent_document_id": Union[str, None],
    "correlation_id": str,
    "trace_id": Union[str, None],
    "filename": str,
    "media_type": str,
    "bytes": int,
    "raw_sha256": str,
    "status": "JobStatus",
    "raw_path": str,
    "parsed_path": Union[str, None],
    "parsed_sha256": Union[str, None],
    "parse_report": Union["JobParseReport", None],
    "embedding_plan": Union["JobEmbeddingPlan", None],
    "chunks_version": "Chunker",
    "embed_model": str,
    "embed_version": str,
    "progress": "JobProgress",
    "priority": int,
    "retry_count": int,
    "crash_count": int,
    "last_error": Union["JobLastError", None],
    "tokens_paid": int,
    "cost_usd": float,
    "vectors_reused": int,
    "provider_job_id": Union[str, None],
    "run_at": Union[str, None],
    "lease_until": Union[str, None],
    "processing_started_at": Union[str, None],
    "processing_completed_at": Union[str, None],
    "created_at": str,
    "updated_at": str,
    "warnings": list[str],
    "error_code": Union["ErrorCode", None],
    "trace_url": Union[str, None],
    "links": "JobLinks",
    "duplicate": Literal[True],
})

LogLevel = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]

LogLine = TypedDict("LogLine", {
    "time": str,
    "level": "LogLevel",
    "service": str,
    "message": str,
    "fields": dict[str, Union[str, float, bool]],
})

MadeKey = TypedDict("MadeKey", {
    "key_id": str,
    "user_id": str,
    "role": "Role",
    "name": str,
    "prefix": str,
    "created_at": str,
    "expires_at": Union[str, None],
    "revoked_at": Union[str, None],
    "last_used_at": Union[str, None],
    "secret": Union[str, None],
})

MadeWebhook = TypedDict("MadeWebhook", {
    "subscription_id": str,
    "user_id": str,
    "url": str,
    "events": list["WebhookEvent"],
    "active": bool,
    "disabled_reason": Union[str, None],
    "disabled_at": Union[str, None],
    "failing_since": Union[str, None],
    "created_at": str,
    "secret": Union[str, None],
})

Me = TypedDict("Me", {
    "user_id": str,
    "role": "Role",
    "actor": str,
})

MonitorStatus = TypedDict("MonitorStatus", {
    "hostname": str,
    "version": str,
    "beat_at": str,
    "judged_at": Union[str, None],
    "alive": bool,
})

NewBudget = TypedDict("NewBudget", {
    "user_id": Union[str, None],
    "limit_usd": Union[float, None],
})

NewKey = TypedDict("NewKey", {
    "name": str,
    "role": "Role",
    "user_id": NotRequired[str],
    "expires_at": NotRequired[str],
})

NewUpload = TypedDict("NewUpload", {
    "filename": str,
    "bytes": int,
    "sha256": NotRequired[str],
    "media_type": NotRequired[str],
    "metadata": NotRequired[dict[str, str]],
    "priority": NotRequired[int],
    "force": NotRequired[bool],
})

NewWebhook = TypedDict("NewWebhook", {
    "url": str,
    "events": NotRequired[list["WebhookEvent"]],
})

NotFound = TypedDict("NotFound", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "NotFoundCode",
    "type": Literal["urn:accessa:problem:not-found"],
    "status": NotRequired[Literal[404]],
    "title": NotRequired[Literal["Not found."]],
})

NotFoundCode = Literal["NOT_FOUND", "JOB_NOT_FOUND", "DOCUMENT_NOT_FOUND", "KEY_NOT_FOUND", "WEBHOOK_NOT_FOUND", "DELIVERY_NOT_FOUND", "UPLOAD_NOT_FOUND", "ALERT_NOT_FOUND", "RELEASE_NOT_FOUND"]

NotReady = TypedDict("NotReady", {
    "detail": str,
    "instance": NotRequired[str],
    "code": Literal["NOT_READY"],
    "class": Literal["recoverable"],
    "correlation_id": str,
    "retry_after_s": int,
    "checks": list["NotReadyCheck"],
    "type": Literal["urn:accessa:problem:not-ready"],
    "status": NotRequired[Literal[503]],
    "title": NotRequired[Literal["The service is not ready."]],
})

NotReadyCheck = TypedDict("NotReadyCheck", {
    "name": "NotReadyCheckName",
    "ok": bool,
    "detail": str,
})

NotReadyCheckName = Literal["database", "storage", "worker", "intake", "providers", "monitor"]

OverBudget = TypedDict("OverBudget", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["recoverable"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["BUDGET_EXCEEDED"],
    "retry_after_s": int,
    "type": Literal["urn:accessa:problem:over-budget"],
    "status": NotRequired[Literal[429]],
    "title": NotRequired[Literal["The budget is used up."]],
})

OverQuota = TypedDict("OverQuota", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["STORAGE_QUOTA_EXCEEDED"],
    "retry_after_s": int,
    "type": Literal["urn:accessa:problem:over-quota"],
    "status": NotRequired[Literal[429]],
    "title": NotRequired[Literal["The user's storage quota is used up."]],
})

Overloaded = TypedDict("Overloaded", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["transient"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["OVERLOADED"],
    "retry_after_s": int,
    "type": Literal["urn:accessa:problem:overloaded"],
    "status": NotRequired[Literal[503]],
    "title": NotRequired[Literal["The service is busy."]],
})

Overview = TypedDict("Overview", {
    "at": str,
    "in_flight": int,
    "failed": int,
    "completed_last_hour": int,
    "statuses": list["OverviewStatus"],
    "minutes": list["OverviewMinute"],
    "stages": list["OverviewStage"],
    "workers": list["OverviewWorker"],
    "providers": list["OverviewProvider"],
    "alerts": list["OverviewAlert"],
    "errors": list["OverviewError"],
    "calls": "OverviewCalls",
    "spend": "OverviewSpend",
    "changes": list["OverviewChange"],
})

OverviewAlert = TypedDict("OverviewAlert", {
    "alert_id": int,
    "key": str,
    "rule": str,
    "subject": str,
    "severity": "AlertSeverity",
    "code": str,
    "message": str,
    "state": "AlertState",
    "opened_at": str,
})

OverviewCalls = TypedDict("OverviewCalls", {
    "made": int,
    "lost": int,
    "p50_ms": Union[float, None],
    "p95_ms": Union[float, None],
})

OverviewChange = TypedDict("OverviewChange", {
    "event_id": int,
    "at": str,
    "job_id": str,
    "user_id": str,
    "filename": str,
    "type": str,
    "from_status": Union["JobStatus", None],
    "to_status": "JobStatus",
    "code": Union["ErrorCode", None],
    "actor": str,
})

OverviewError = TypedDict("OverviewError", {
    "code": "ErrorCode",
    "events": int,
})

OverviewMinute = TypedDict("OverviewMinute", {
    "at": str,
    "complete": int,
    "failed": int,
})

OverviewProvider = TypedDict("OverviewProvider", {
    "name": "ProviderName",
    "state": str,
    "code": Union["ErrorCode", None],
    "since": str,
    "probe_at": Union[str, None],
    "limits": list["OverviewProviderLimit"],
})

OverviewProviderLimit = TypedDict("OverviewProviderLimit", {
    "dependency": "ProviderName",
    "kind": "OverviewProviderLimitKind",
    "limit": float,
    "remaining": float,
    "at": str,
})

OverviewProviderLimitKind = Literal["requests", "tokens"]

OverviewSpend = TypedDict("OverviewSpend", {
    "today_usd": float,
    "month_usd": float,
    "limit_usd": Union[float, None],
    "tokens_today": int,
    "reused_today": int,
    "lost_today_usd": float,
})

OverviewStage = TypedDict("OverviewStage", {
    "status": "JobStatus",
    "ended": int,
    "failed": int,
    "p50_ms": Union[float, None],
    "p95_ms": Union[float, None],
    "usual_p50_ms": Union[float, None],
    "usual_p95_ms": Union[float, None],
})

OverviewStatus = TypedDict("OverviewStatus", {
    "status": "JobStatus",
    "jobs": int,
    "oldest_since": Union[str, None],
    "entered_last_minute": int,
    "left_last_minute": int,
})

OverviewWorker = TypedDict("OverviewWorker", {
    "worker_id": str,
    "hostname": str,
    "version": str,
    "state": "WorkerState",
    "jobs": int,
    "stale_writes": int,
    "started_at": str,
    "heartbeat_at": str,
    "beats": list[float],
})

Provider = TypedDict("Provider", {
    "name": "ProviderName",
    "state": "ProviderState",
    "code": Union["ErrorCode", None],
    "message": Union[str, None],
    "failures": int,
    "opened_at": Union[str, None],
    "probe_at": Union[str, None],
    "since": str,
    "updated_by": str,
    "reason": Union[str, None],
})

ProviderList = TypedDict("ProviderList", {
    "providers": list["Provider"],
})

ProviderName = Literal["parser", "embedder", "storage", "database"]

ProviderState = Literal["closed", "open", "half_open", "halted"]

Quote = TypedDict("Quote", {
    "filename": str,
    "media_type": str,
    "bytes": int,
    "sha256": str,
    "pages": Union[int, None],
    "estimated_tokens": int,
    "estimated_cost_usd": float,
    "basis": "QuoteBasis",
    "embed_model": str,
    "budget_left_usd": Union[float, None],
})

QuoteBasis = Literal["text", "pages", "size"]

QuoteForm = TypedDict("QuoteForm", {
    "file": bytes,
})

Ready = TypedDict("Ready", {
    "status": Literal["ready"],
    "checks": list["NotReadyCheck"],
})

Reason = TypedDict("Reason", {
    "reason": str,
})

Receipt = TypedDict("Receipt", {
    "chunks_expected": int,
    "chunks_stored": int,
    "vectors_stored": int,
    "embed_model": str,
    "embed_version": str,
    "dimensions": int,
    "content_sha256": str,
    "parsed_sha256": str,
    "tokens_paid": int,
    "vectors_reused": int,
    "warnings": list[str],
    "replaced": list["JobParseReportReplaced"],
    "failed_checks": list["ReceiptCheck"],
})

ReceiptCheck = Literal["chunks_match_plan", "ordinals_without_gap", "chunk_hashes_match", "vectors_match_chunks", "model_matches", "dimensions_match", "norms_positive", "losses_allowed"]

ReceivedContent = TypedDict("ReceivedContent", {
    "bytes": int,
    "sha256": str,
})

RecordedCallback = TypedDict("RecordedCallback", {
    "status": "RecordedCallbackStatus",
})

RecordedCallbackStatus = Literal["recorded", "duplicate"]

ReleaseHistory = TypedDict("ReleaseHistory", {
    "release": "ReleaseListRelease",
    "steps": list["ReleaseHistoryStep"],
})

ReleaseHistoryStep = TypedDict("ReleaseHistoryStep", {
    "step": str,
    "verdict": "ReleaseHistoryStepVerdict",
    "checks": list["ReleaseHistoryStepCheck"],
    "ended_at": str,
})

ReleaseHistoryStepCheck = TypedDict("ReleaseHistoryStepCheck", {
    "check": str,
    "verdict": "ReleaseHistoryStepVerdict",
    "found": str,
})

ReleaseHistoryStepVerdict = Literal["pass", "fail", "inconclusive"]

ReleaseList = TypedDict("ReleaseList", {
    "releases": list["ReleaseListRelease"],
})

ReleaseListRelease = TypedDict("ReleaseListRelease", {
    "release_id": str,
    "environment": str,
    "version": str,
    "started_by": str,
    "started_at": str,
    "before": "ReleaseListReleaseBefore",
    "request": Union["ReleaseListReleaseRequest", None],
    "request_reason": Union[str, None],
    "outcome": Union["ReleaseListReleaseOutcome", None],
    "ended_at": Union[str, None],
    "reason": Union[str, None],
    "held": bool,
})

ReleaseListReleaseBefore = TypedDict("ReleaseListReleaseBefore", {
    "migration": int,
    "services": list["ReleaseListReleaseBeforeService"],
})

ReleaseListReleaseBeforeService = TypedDict("ReleaseListReleaseBeforeService", {
    "name": str,
    "version": str,
    "deployment": str,
    "replicas": int,
    "autodeploy": bool,
    "settings": list[str],
})

ReleaseListReleaseOutcome = Literal["promoted", "rolled_back", "needs_a_person"]

ReleaseListReleaseRequest = Literal["hold", "promote", "rollback"]

RequestFault = TypedDict("RequestFault", {
    "pointer": str,
    "detail": str,
})

Role = Literal["viewer", "user", "operator", "admin"]

SearchHit = TypedDict("SearchHit", {
    "chunk_id": str,
    "ordinal": int,
    "text": str,
    "headings": list[str],
    "page": Union[int, None],
    "document_id": str,
    "filename": str,
    "score": float,
})

SearchMatchDocumentsRequest = TypedDict("SearchMatchDocumentsRequest", {
    "query_embedding": list[float],
    "match_count": NotRequired[Union[int, None]],
    "filter": NotRequired[dict[str, Any]],
})

SearchMatchDocumentsResponse = TypedDict("SearchMatchDocumentsResponse", {
    "id": str,
    "content": str,
    "metadata": dict[str, Any],
    "similarity": float,
})

SearchRequest = TypedDict("SearchRequest", {
    "query": str,
    "limit": NotRequired[int],
    "document_id": NotRequired[str],
})

SearchResult = TypedDict("SearchResult", {
    "hits": list["SearchHit"],
})

SinkTest = TypedDict("SinkTest", {
    "sink": NotRequired["AlertSinkName"],
})

SinkTestResult = TypedDict("SinkTestResult", {
    "sink": "AlertSinkName",
    "delivered": bool,
    "problem": Union[str, None],
    "took_ms": int,
})

SinkTestResults = TypedDict("SinkTestResults", {
    "results": list["SinkTestResult"],
})

StorageCheck = TypedDict("StorageCheck", {
    "documents": int,
    "missing": list["StorageCheckMissing"],
    "next_cursor": Union[str, None],
})

StorageCheckMissing = TypedDict("StorageCheckMissing", {
    "user_id": str,
    "document_id": str,
    "path": str,
})

TooLarge = TypedDict("TooLarge", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "TooLargeCode",
    "type": Literal["urn:accessa:problem:too-large"],
    "status": NotRequired[Literal[413]],
    "title": NotRequired[Literal["The request is larger than the limit."]],
})

TooLargeCode = Literal["FILE_TOO_LARGE", "BODY_TOO_LARGE"]

TooManyRequests = TypedDict("TooManyRequests", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["transient"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "TooManyRequestsCode",
    "retry_after_s": int,
    "type": Literal["urn:accessa:problem:too-many-requests"],
    "status": NotRequired[Literal[429]],
    "title": NotRequired[Literal["Too many requests."]],
})

TooManyRequestsCode = Literal["RATE_LIMITED", "TOO_MANY_AT_ONCE", "TOO_MANY_OPEN_UPLOADS", "TOO_MANY_DELIVERIES"]

Unauthenticated = TypedDict("Unauthenticated", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "UnauthenticatedCode",
    "type": Literal["urn:accessa:problem:unauthenticated"],
    "status": NotRequired[Literal[401]],
    "title": NotRequired[Literal["The credential is not valid."]],
})

UnauthenticatedCode = Literal["UNAUTHENTICATED", "BAD_CREDENTIAL"]

Unauthorized = TypedDict("Unauthorized", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": Literal["BAD_SIGNATURE"],
    "type": Literal["urn:accessa:problem:unauthorized"],
    "status": NotRequired[Literal[401]],
    "title": NotRequired[Literal["The request is not authenticated."]],
})

Unavailable = TypedDict("Unavailable", {
    "detail": str,
    "instance": NotRequired[str],
    "class": "ErrorClass",
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "ErrorCode",
    "retry_after_s": int,
    "type": Literal["urn:accessa:problem:unavailable"],
    "status": NotRequired[Literal[503]],
    "title": NotRequired[Literal["A required service is not available."]],
})

Unprocessable = TypedDict("Unprocessable", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "ErrorCode",
    "type": Literal["urn:accessa:problem:unprocessable"],
    "status": NotRequired[Literal[422]],
    "title": NotRequired[Literal["The content cannot be processed."]],
})

UnsupportedMedia = TypedDict("UnsupportedMedia", {
    "detail": str,
    "instance": NotRequired[str],
    "class": Literal["permanent"],
    "correlation_id": str,
    "trace_url": NotRequired[str],
    "code": "UnsupportedMediaCode",
    "type": Literal["urn:accessa:problem:unsupported-media"],
    "status": NotRequired[Literal[415]],
    "title": NotRequired[Literal["This content type is not supported."]],
})

UnsupportedMediaCode = Literal["UNSUPPORTED_TYPE", "TYPE_MISMATCH"]

Upload = TypedDict("Upload", {
    "document_id": str,
    "upload_url": str,
    "method": Literal["PUT"],
    "headers": dict[str, str],
    "expires_at": str,
    "complete_by": str,
    "links": "UploadLinks",
})

UploadCompletion = TypedDict("UploadCompletion", {
    "sha256": str,
})

UploadForm = TypedDict("UploadForm", {
    "file": bytes,
    "document_id": NotRequired[str],
    "metadata": NotRequired[str],
    "priority": NotRequired[int],
    "force": NotRequired[bool],
})

UploadLinks = TypedDict("UploadLinks", {
    "complete": str,
})

UsersEraseResponse = TypedDict("UsersEraseResponse", {
    "erased": int,
    "remaining": int,
})

UsersExportResponse = TypedDict("UsersExportResponse", {
    "records": list["UsersExportResponseRecord"],
    "files": list["UsersExportResponseFile"],
    "next_cursor": Union[str, None],
})

UsersExportResponseFile = TypedDict("UsersExportResponseFile", {
    "document_id": str,
    "kind": "UsersExportResponseFileKind",
    "filename": str,
})

UsersExportResponseFileKind = Literal["raw", "parsed"]

UsersExportResponseRecord = TypedDict("UsersExportResponseRecord", {
    "table": str,
    "row": Any,
})

UsersLeftoversResponse = TypedDict("UsersLeftoversResponse", {
    "rows": list["UsersLeftoversResponseRow"],
    "objects": int,
    "pending_erasures": int,
})

UsersLeftoversResponseRow = TypedDict("UsersLeftoversResponseRow", {
    "table": str,
    "rows": int,
})

WaitingFor = Literal["worker", "parser", "embedder", "storage", "database", "budget", "retry", "person"]

Webhook = TypedDict("Webhook", {
    "subscription_id": str,
    "user_id": str,
    "url": str,
    "events": list["WebhookEvent"],
    "active": bool,
    "disabled_reason": Union[str, None],
    "disabled_at": Union[str, None],
    "failing_since": Union[str, None],
    "created_at": str,
})

WebhookChange = TypedDict("WebhookChange", {
    "url": NotRequired[str],
    "events": NotRequired[list["WebhookEvent"]],
    "active": NotRequired[bool],
})

WebhookEvent = Literal["job.complete", "job.failed"]

WebhookList = TypedDict("WebhookList", {
    "webhooks": list["Webhook"],
})

WorkerState = Literal["running", "silent", "draining", "stopped"]
