# What can be done here. `make` alone lists it.

GO ?= go
BIN := bin/harness

.DEFAULT_GOAL := help
.PHONY: help demo load check test race mutants documents documents-elsewhere browser chromium bench bench-load compare-load compare-peers serve fmt lint check-sdk build clean

help: ## list what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: build ## test both APIs on the embedded reference server and print the report
	@$(BIN) contract --out reports/latest

load: build ## play a scenario at the embedded reference server, with a live view, and write the report as a page
	@$(BIN) load $(or $(SCENARIO),scan-walk) --out reports/load --write html=reports/load/report.html; \
	code=$$?; echo "page: reports/load/report.html"; exit $$code

check: chromium lint race mutants documents pages ## everything that CI checks: linters, tests with the race detector, every fault caught

chromium:
	@test -z "$$CI" || .ci/install-chromium

build:
	@mkdir -p bin
	@$(GO) build -o $(BIN) ./cmd/harness

lint: ## go vet, staticcheck, gofmt
	@test -z "$$(gofmt -l .)" || { gofmt -l . | sed 's/^/not gofmt-ed: /'; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

test: ## all tests, without the race detector
	$(GO) test ./...

# The race detector watches where goroutines meet, and three sessions of the command in which the suites run whole; the
# rest would only take five times as long with it.
SHARED := $(addprefix ./,contract load $(addprefix internal/,client evidence fixture hostile live reference schema wire))

race: ## all tests, with the race detector wherever goroutines meet
	$(GO) test -race -timeout 30m $(SHARED)
	$(GO) test -race -timeout 30m -run 'TestScript/(demo|narrow|load)$$' ./cmd/harness
	$(GO) test -timeout 30m $$($(GO) list ./... | grep -vE '/($(subst $() ,|,$(patsubst ./%,%,$(SHARED))))$$')

mutants: build ## run the suites against every fault of the reference server; each must be caught by exactly its requirements
	$(BIN) mutants

documents: ## lint both OpenAPI documents by the rules of Redocly and Spectral (wants npm)
	@if command -v npm >/dev/null 2>&1; then .ci/lint-documents; \
	elif [ -n "$$CI" ]; then echo "documents: npm is missing, and CI wants the documents linted" >&2; exit 1; \
	else echo "documents: not linted, because npm is not here; harness spec lint has checked them"; $(GO) run ./cmd/harness spec lint; fi

documents-elsewhere: ## what Prism, Schemathesis, Specmatic and openapi-typescript make of the documents (wants npm, Python and Java)
	@.ci/documents-elsewhere

browser: ## install the Chromium that the tests of the pages want (Debian or Ubuntu), and run those tests
	.ci/install-chromium
	CI=true $(GO) test -run InABrowser ./internal/report

.PHONY: docs pictures pages man

docs: ## write what the manual has of the program: docs/reference, docs/requirements.md, sessions as they are printed
	$(GO) test ./cmd/harness -count=1 -run 'TestReferencePagesAreThoseOfTheCode|TestTheCatalogueIsAPage|TestEveryCommandLineOfTheManualIsRight' -update

pictures: ## take the pictures of a report in docs/pictures anew (wants Chromium; make browser installs it)
	$(GO) test ./cmd/harness -count=1 -run TestThePicturesShowTheReportAsItIs -update

pages: ## lint the manual's Markdown (wants npm)
	@if command -v npm >/dev/null 2>&1; then .ci/lint-pages; \
	elif [ -n "$$CI" ]; then echo "pages: npm is missing, and CI wants the manual linted" >&2; exit 1; \
	else echo "pages: not linted, because npm is not here; the tests have followed its links and run its commands"; fi

man: ## write the manual pages: dist/man; man -l dist/man/harness.1 shows the first
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(GO) test ./cmd/harness -count=1 -run TestManualPages -man $(CURDIR)/dist/man

bench: ## benchmarks: a whole run, the reference server with a million licences, the document check
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-load: ## what a request costs its sender, and looking at the answer, beside vegeta, wrk and k6; the pacer; a stall
	$(GO) run ./internal/benchload cost
	$(GO) test -run '^$$' -bench Check -benchmem ./internal/schema
	$(GO) test -run '^$$' -bench 'Pacing|Stall' -benchtime 1x ./load

compare-load: ## harness load beside vegeta, k6, wrk, bombardier, fortio and oha: docs/comparison.md (builds them, takes a quarter of an hour)
	.ci/install-load-peers
	$(GO) run ./internal/benchload peers
	$(GO) run ./internal/benchload draw

# FAULTS and VARIANTS make it shorter: so many of each, in an order of which any beginning is a fair sample. What was measured
# stays in .ci/peers/kept, and an interrupted comparison goes on.
FAULTS ?= 0
VARIANTS ?= 0

compare-peers: build ## harness beside Schemathesis, Specmatic, Dredd and Prism on every fault: docs/comparison.md (takes hours)
	.ci/install-peers
	$(GO) run ./internal/peers -faults $(FAULTS) -variants $(VARIANTS)

# What is tried by chance, for as long as one likes: see docs/safety.md.
.PHONY: fuzz soak crash hostile secrets
FUZZTIME ?= 1m
SOAK ?= 30m

fuzz: ## whatever may stand in a file or come from a server, made up: each fuzz target for FUZZTIME (1m)
	@for target in internal/target:FuzzTargetFile load:FuzzScenarioFile internal/known:FuzzKnownFailures internal/evidence:FuzzEvidence \
		internal/report:FuzzStoredReport specs:FuzzDocument internal/schema:FuzzCompiledAgainstDocument internal/wire:FuzzWireAgainstNetHTTP; do \
		echo "fuzz: $${target#*:} for $(FUZZTIME)"; \
		$(GO) test ./$${target%:*} -run '^$$' -fuzz "^$${target#*:}\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x || exit 1; \
	done

soak: ## load and contract runs in turn for SOAK (30m); memory, goroutines and descriptors must stay flat, soak.svg shows them
	$(GO) test ./cmd/harness -v -count=1 -run 'TestSoak$$' -soak $(SOAK) -soak.plot $(CURDIR)/soak.svg -timeout 48h

crash: ## kill a hundred runs at moments of chance, fill the disk of others, and read what they left behind
	$(GO) test ./cmd/harness -v -count=1 -run 'TestKilledAtAnyMoment|TestAFullDisk|TestNowhereToWrite|TestOutputThatCannotBeWritten' -crashes 100 -timeout 1h

hostile: ## every command on every kind of hostile server, and the table of it: docs/hostile.md
	$(GO) test ./cmd/harness -count=1 -run 'TestHostileServers$$' -hostile.table -hostile.page $(CURDIR)/docs/hostile.md -timeout 1h

secrets: ## every command on every server that says secrets back: none may be written anywhere
	$(GO) test ./cmd/harness -v -count=1 -run 'TestNoSecretIsWritten' -secrets.all -timeout 1h

serve: build ## start the reference server and write local.yaml, a target file for it
	$(BIN) serve --target-out local.yaml

check-sdk: build ## run the vendor's npm SDK, all nine operations, against the reference server (wants node and npm)
	.ci/check-sdk $(BIN)

# What goes out: see docs/dependencies.md and SECURITY.md.
.PHONY: platforms vuln licences sbom dist reproducible

check: platforms $(if $(CI),vuln)

platforms: # whether Windows and macOS could build it
	$(GO) test -run TestEveryPlatformCouldBuildIt .

vuln: ## ask Go's vulnerability database whether something known to be vulnerable is called
	@.ci/vuln || { code=$$?; test "$$code" = 3 && test -n "$$CI"; } # CI goes on where the database cannot be reached

licences: ## check the licences of what is built in, and write their table in docs/dependencies.md
	@.ci/licences

sbom: ## list what the program is made of for machines: dist/sbom.cdx.json
	@.ci/sbom

dist: ## a release, into dist/: programs for Linux, macOS and Windows, what they are made of, licences, digests
	@.ci/dist

reproducible: ## build this commit twice, in two folders, and want the same bytes
	@.ci/reproducible

fmt: ## gofmt
	gofmt -w .

clean: ## remove what was built
	rm -rf bin reports/latest reports/load
