# The pages, then the program, then a small image with only what it runs on.
FROM node:22-bookworm-slim AS web
WORKDIR /web-client
COPY web-client/package.json web-client/package-lock.json web-client/.npmrc ./
RUN npm install --no-save --no-audit --no-fund
COPY web-client ./
RUN npm run build

FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /coach
COPY . .
COPY --from=web /web-client/dist web-client/dist
RUN cargo build --release --package coach-server

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libstdc++6 \
      libgstreamer1.0-0 libgstreamer-plugins-base1.0-0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
      gstreamer1.0-plugins-bad gstreamer1.0-libav \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home coach && mkdir /data && chown coach /data
COPY --from=build /coach/target/release/coach /usr/local/bin/coach
USER coach
WORKDIR /
VOLUME /data
EXPOSE 8080 8081 8082/udp
ENTRYPOINT ["coach"]
CMD ["serve"]
