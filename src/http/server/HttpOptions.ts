/** Options of the API. */
import { Context, type Duration, type Redacted, type Result } from "effect"
import type { MetricsAccess } from "../../../otel/metrics/endpoint.ts"
import type { RulesInForce } from "../../domain/AlertRule.ts"
import type { ChunkerId } from "../../domain/Chunk.ts"
import type { ProcessInstallation } from "../../domain/Installation.ts"
import type { TrustedProxies } from "../../domain/TrustedProxies.ts"
import type { Bounds } from "../../policy/bounds.ts"
import type { Rates } from "../../policy/rates.ts"

export class HttpOptions extends Context.Service<HttpOptions, {
  readonly maxUploadBytes: number
  readonly chunker: ChunkerId
  /** The API's own address. */
  readonly publicUrl: URL
  /** Secrets for callback and upload addresses: the first signs, all verify. */
  readonly linkSecrets: ReadonlyArray<Redacted.Redacted>
  readonly rates: Rates
  /** Which proxies may state the client's address. */
  readonly trustedProxies: TrustedProxies
  /** From the stop signal until requests are refused. */
  readonly stopDelay: Duration.Duration
  readonly bounds: Bounds
  /** Contains `{trace_id}`; empty: no links to traces. */
  readonly traceUrl: string
  readonly metrics: {
    readonly access: MetricsAccess
    /** If they are pushed to a collector. */
    readonly pushedEvery: Duration.Duration | undefined
  }
  /** Where the log files are, if this stack writes any; otherwise a sentence that says where the lines go. */
  readonly logs: Result.Result<string, string>
  readonly alertRules: RulesInForce
  /** Settings of this process that are allowed but cannot be what was meant. */
  readonly doubts: ReadonlyArray<string>
  readonly installation: ProcessInstallation
}>()("accessa/http/HttpOptions") {}
