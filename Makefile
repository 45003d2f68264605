# `make help` lists the targets. Everything that is missing gets installed from the package registries, but for rustup: `make proof` asks for it
# where a package is to be compiled with an older Rust.

# The Node.js of scripts/install, where that of the machine is too old.
export PATH := $(CURDIR)/target/tools/node/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo test lint proof bench fmt packages nupkg sbom wasm debugger

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## the ID-server emulator and a login site: prints the addresses, log in with a browser
	@scripts/install rust
	cargo run --locked -p countermark-cli -- demo

test: ## builds everything, runs every suite in every language, ends with "N passed, N failed"
	@scripts/install rust c node chromium firefox wasm debugger python php mono dotnet
	@scripts/test

lint: ## formatting, clippy and documentation without a warning; dependencies, public API, no secrets
	@scripts/install rust node checks
	cargo fmt --all --check
	cargo fmt --manifest-path core/fuzz/Cargo.toml --check
	cargo fmt --manifest-path core/benches/peers/Cargo.toml --check
	target/tools/checks/bin/cargo-deny check --hide-inclusion-graph bans licenses sources
	node scripts/rust-version.mjs
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	scripts/public-api
	scripts/secrets

proof: ## what takes longer than a test may, after `make test`: memory, timing, scale, long fuzzing, sanitizers, builds
	@scripts/install checks platforms
	@scripts/proof

bench: ## measures verification against its alternatives in every language, and writes BENCHMARKS.md
	@scripts/install rust node wasm python php mono dotnet
	node scripts/benchmarks.mjs

fmt: ## formats the sources
	cargo fmt --all
	cargo fmt --manifest-path core/fuzz/Cargo.toml
	cargo fmt --manifest-path core/benches/peers/Cargo.toml

packages: ## what is published for Linux on x86-64 and ARM, over glibc and musl, in target/packages
	@scripts/install rust node wasm php dotnet platforms
	@scripts/packages

nupkg: ## the NuGet packages, in ffi-c/dotnet/packages
	@scripts/install rust dotnet
	@scripts/pack-dotnet

sbom: ## what each package is made of, as CycloneDX, in target/sbom
	@scripts/install rust node sbom
	@scripts/sbom

wasm: ## the npm package for edge workers and browsers, in wasm
	@scripts/install rust wasm
	node wasm/build.mjs

debugger: ## the webhook debugger: builds the page, serves it, prints its address
	@scripts/install rust debugger
	@scripts/build-debugger
	cd wasm/debugger && node_modules/.bin/vite preview
