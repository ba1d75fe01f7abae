# The pages, then the program, then a small image with only what it runs on.
FROM node:22-bookworm-slim AS web
WORKDIR /web-client
COPY web-client/package.json web-client/package-lock.json web-client/.npmrc ./
# Not `npm ci`: npm 11 refuses locks that leave out other platforms' optional packages, and it writes such locks itself.
RUN npm install --no-save --no-audit --no-fund
COPY web-client ./
RUN npm run build

FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /coach
COPY . .
COPY --from=web /web-client/dist web-client/dist
RUN cargo build --locked --release --package coach-server

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl libstdc++6 \
      libgstreamer1.0-0 libgstreamer-plugins-base1.0-0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
      gstreamer1.0-plugins-bad gstreamer1.0-libav \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --system --create-home coach && mkdir /data && chown 10001:10001 /data
COPY --from=build /coach/target/release/coach /usr/local/bin/coach
# By number, so that a cluster can see that it is not root.
USER 10001:10001
WORKDIR /
VOLUME /data
EXPOSE 8080 8081 8082/udp
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s \
  CMD ["curl", "--fail", "--silent", "--max-time", "5", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["coach"]
CMD ["serve"]
