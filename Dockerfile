# The image that Dataflow's workers run: the harness with the graph's functions in it. `make image` builds it; docs/dataflow.md says how it is used.
#
# BASE is Debian's Node without what a worker doesn't need. Name it with its digest (BASE=node:22.21.0-bookworm-slim@sha256:…) where builds have to be the same byte for byte.
ARG BASE=node:22.21.0-bookworm-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY . .
RUN npm run build && scripts/image-tree /image

FROM ${BASE}
ENV NODE_ENV=production
COPY --from=build /image /opt/funnelpulse
USER node
ENTRYPOINT ["node", "/opt/funnelpulse/dist/bundle/container.js"]
