# One image for every process of this project; the command chooses which: docker run IMAGE src/bin/worker.ts
# Both stages are Debian bookworm: of the first, only Node itself and the packages are kept.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
# Behind a proxy that inspects TLS, the secret holds its certificate. Types, source maps, sources and builds for other
# module systems are a third of the packages; nothing reads them.
RUN --mount=type=secret,id=extra-ca --mount=type=cache,target=/store \
  if [ -s /run/secrets/extra-ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/extra-ca; fi \
  && npm install --global --no-audit --no-fund "$(node -p 'require("./package.json").packageManager')" \
  && CI=true pnpm install --prod --frozen-lockfile --ignore-scripts --store-dir /store --package-import-method copy \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete \
  && rm -rf $(realpath node_modules/effect)/src $(realpath node_modules/effect)/ai-docs $(realpath node_modules/openai)/src \
    $(realpath node_modules/gpt-tokenizer)/src $(realpath node_modules/gpt-tokenizer)/cjs

FROM debian:bookworm-slim
RUN groupadd --gid 1000 accessa && useradd --uid 1000 --gid accessa --no-create-home --shell /usr/sbin/nologin accessa \
  && install -d -o accessa -g accessa -m 700 /data /app/.compiled
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY otel otel
COPY migrations migrations
COPY services services
COPY layers layers
COPY src src
COPY scripts/compile.ts scripts/
ARG VERSION
LABEL org.opencontainers.image.title="Accessa Ingestion" org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION"
# Young objects in 16 MB instead of 64, and one arena: 100 MB less for a worker, at no measurable cost in time.
ENV MALLOC_ARENA_MAX=1
ENV NODE_ENV=production ACCESSA_DATA_DIR=/data ACCESSA_VERSION=$VERSION API_HOST=0.0.0.0
USER accessa
# As the user who runs it, and with the flag that it runs with: Node keeps a cache for each. A worker without work takes 35 MB less.
ENV NODE_COMPILE_CACHE=/app/.compiled
RUN node --no-wasm-code-gc scripts/compile.ts
# V8 13.6 aborts a process now and then while it frees WebAssembly code that it has replaced (nodejs/node#64500): keep it.
ENTRYPOINT ["node", "--max-semi-space-size=16", "--no-wasm-code-gc"]
CMD ["src/bin/api.ts"]
