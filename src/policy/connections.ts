/** How long servers wait for a client, and a client for its connection to the database. */
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

/** How long a statement waits for the connection that listens, which has nothing else to do, before it takes another one. */
export const listenerPatience = Duration.seconds(2)
