# syntax=docker/dockerfile:1

# Builds the bundle, and installs beside it what it needs to run: nothing of the tools gets into the image.
FROM node:22-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/ensure.mjs build
WORKDIR /app
RUN cp /src/package.json /src/package-lock.json . \
  && npm ci --omit=dev --no-audit --no-fund \
  && mkdir -p dist/cli \
  && cp /src/dist/cli/main.js /src/dist/cli/chunk-*.js dist/cli/

FROM node:22-alpine
LABEL org.opencontainers.image.title="cosette" \
  org.opencontainers.image.description="A self-hosted object store that speaks the Tencent Cloud COS XML API" \
  org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /app /app
COPY LICENSE /app/
# A volume takes its owner from the folder it first hides.
RUN mkdir /data && chown node:node /data
ENV NODE_ENV=production \
  COSETTE_DATA=/data \
  COSETTE_HOST=0.0.0.0 \
  COSETTE_PORT=9000
USER node
VOLUME /data
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --start-interval=1s --retries=3 \
  CMD wget -q -O /dev/null "http://127.0.0.1:${COSETTE_PORT}/_cosette/health/ready" || exit 1
# SIGTERM reaches the server itself, which drains and ends with 0.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["serve"]
