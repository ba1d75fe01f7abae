# The commands that people and CI run.
#   make run     set up, build, serve on http://localhost:8080
#   make test    set up, then everything that must hold (what .ci/run calls)
#   make bench   speed and accuracy beside the peers      make soak   kills, fuzzing, long streams (minutes to hours)
#   make package  a Debian package, with the models
#   make fix     format and apply lint suggestions
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-test web build run test bench soak package fix

# A machine that cannot download the toolchain of rust-toolchain.toml may have the same version under the name "stable".
ifneq ($(filter-out help setup,$(or $(MAKECMDGOALS),help)),)
wanted := $(shell sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
ifeq ($(shell rustc --version >/dev/null || RUSTUP_TOOLCHAIN=stable rustc --version 2>/dev/null | cut -d ' ' -f 2),$(wanted))
$(info Rust $(wanted) cannot be downloaded; the toolchain "stable" is the same version and takes its place)
export RUSTUP_TOOLCHAIN := stable
endif
endif

help:
	@sed -n '2,6s/^# *//p' Makefile

setup: ## system packages, models, web packages; under 5 s when all is there
	@scripts/setup.sh

setup-test: ## what only the tests need: Chromium, Firefox, PostgreSQL, a Python WebRTC client
	@scripts/setup.sh test

web: setup
	@scripts/web.sh build

# The whole workspace, with a target that needs the tests' dependencies: any other choice has other features, and would
# compile again what `make test` has compiled.
build: web
	cargo build --workspace --bins --example s3

run: build
	@$${CARGO_TARGET_DIR:-target}/debug/coach serve $(ARGS)

test: setup-test
	@scripts/test.sh

bench: setup-test
	@scripts/bench.sh

soak: setup-test
	@scripts/soak.sh

package: setup
	@scripts/package.sh

fix: setup
	cargo fmt --all
	rustfmt --edition 2024 inference/insight/src/{metrics,hints}/*.rs
	cargo clippy --fix --allow-dirty --allow-staged --workspace --all-targets
	cd web-client && npm run --silent fix
