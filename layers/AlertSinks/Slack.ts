/**
 * Alerts as messages of a Slack incoming webhook. Attachments rather than blocks, because Mattermost, Rocket.Chat and
 * Discord (`/slack`) understand them as well.
 */
import { DateTime, Effect, Redacted } from "effect"
import { HttpClient } from "effect/http"
import type { AlertSink } from "../../services/AlertSinks.ts"
import type { AlertNotice } from "../../src/domain/AlertNotice.ts"
import { postJson } from "./http/postJson.ts"
import { colorOf, facts, headline, links, shorten } from "./text/describe.ts"

export interface SlackOptions {
  /** Anyone with the address can post. */
  readonly url: Redacted.Redacted<URL>
}

export const slackSink = Effect.fnUntraced(function*({ url }: SlackOptions) {
  const client = yield* HttpClient.HttpClient
  const address = Redacted.value(url)
  const sink = { name: "slack", service: "Slack", url: address, secrets: [Redacted.make(address.pathname)] } as const
  return {
    name: sink.name,
    deliver: Effect.fn("AlertSinks.slack")(
      (notice: AlertNotice) => postJson(sink, messageOf(notice)),
      Effect.provideService(HttpClient.HttpClient, client)
    )
  } satisfies AlertSink
})

const messageOf = (notice: AlertNotice) => {
  const title = shorten(headline(notice), 300)
  const opened = links(notice).map(([text, url]) => `<${escape(url)}|${text}>`).join(" · ")
  return {
    attachments: [{
      fallback: escape(title),
      color: colorOf(notice),
      title: escape(title),
      ...(notice.dashboardUrl === "" ? {} : { title_link: notice.dashboardUrl }),
      text: [escape(shorten(notice.description, 3_000)), opened].filter((part) => part !== "").join("\n"),
      fields: facts(notice).map(([name, value]) => ({
        title: escape(shorten(name, 100)),
        value: escape(shorten(value, 500)),
        short: true
      })),
      footer: "Accessa Ingestion",
      ts: Math.floor(DateTime.toEpochMillis(notice.startedAt) / 1_000),
      mrkdwn_in: ["text"]
    }]
  }
}

/** Slack's three control characters. */
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
