/** How long the servers wait for a client. */
import { Duration } from "effect"

/**
 * Longer than the usual proxies keep an idle connection (nginx and AWS 60 s, some set 75 s). The proxy must be the one that
 * closes it: a request that meets a server's close is lost, and the proxy answers 502.
 */
export const usualKeepAliveSeconds = 90

/** For receiving a body: enough for the largest upload over a slow connection. */
export const bodyDeadline = Duration.hours(1)

/** For receiving the headers of a request: longer than an idle connection stays open. */
export const headersDeadline = (keepAlive: Duration.Duration): Duration.Duration =>
  Duration.sum(keepAlive, Duration.seconds(5))
