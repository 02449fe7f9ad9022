/** Callbacks from the parser. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { RequiredRole } from "./annotations.ts"
import { NotFound, TooLarge, Unauthorized, UnsupportedMedia } from "./Problem.ts"

export class CallbacksGroup
  extends HttpApiGroup.make("webhooks").annotate(OpenApi.Description, "Callbacks from the parser.").add(
    HttpApiEndpoint.post("llamaparse", "/webhooks/llamaparse/:job_id", {
      params: { job_id: Schema.String },
      /** Signed by the API, which gave the address to the parser. */
      query: { sig: Schema.optionalKey(Schema.String) },
      payload: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/json" })),
      success: Schema.Struct({ status: Schema.Literals(["recorded", "duplicate"]) }),
      error: [Unauthorized, NotFound, TooLarge, UnsupportedMedia]
    }).annotate(OpenApi.Summary, "Receive the parser's callback").annotate(
      OpenApi.Description,
      "The address is signed for one job. A callback that is repeated changes nothing."
    ).annotate(RequiredRole, "open")
  )
{}
