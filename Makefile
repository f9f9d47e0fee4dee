# Calvaria. `make help` lists the targets and variables.

CASE ?= sample-data/cranium.nhdr
PIPELINE ?=
OUT ?= out/cranium
POPULATION ?= out/population
TRAINING ?= training/shipped.yaml
EPOCHS ?= 60
TRAINED ?= out/$(basename $(notdir $(TRAINING)))
COUNT ?= 100
SEED ?= 1
SIZE ?= 64x64x32
KINDS ?=
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= .build
FILTER ?=
TARGETS ?= run test
READERS ?=
SECONDS ?= 60
SETUP ?=
export SETUP

SWIFT_SOURCES := Package.swift Sources Tests Fuzzing/Package.swift Fuzzing/Sources
FORMAT_OPTIONS := --configuration .swift-format --recursive --parallel
TESTS := swift test --disable-xctest $(if $(FILTER),--filter '$(FILTER)')
calvaria := $(BUILD)/release/calvaria
root := $(DESTDIR)$(PREFIX)

.PHONY: help run test setup fetch build install bench lint format conformance test-thread test-address fuzz stress check-fresh \
  clean population train model paper
# What a target needs is made one after the other, whatever -j says.
.NOTPARALLEL:

include pipelines/reproduce.mk
.DEFAULT_GOAL := help

help:
	@echo 'make run            set up, fetch the sample CT, build, make the implant of CASE in OUT, and in'
	@echo '                    OUT-mirror the one that the mirror makes'
	@echo 'make train          set up, fetch the sample CT, build, train TRAINING in TRAINED, or go on with it'
	@echo 'make model          train the model that ships, into sample-data (an hour)'
	@echo 'make paper          the trainings of the paper at 64x64x32, EPOCHS each, and a check of them'
	@echo 'make population     set up, fetch the sample CT, build, make COUNT synthetic skulls in POPULATION'
	@echo 'make reproduce      all artefacts from SEED below REPRODUCED: population, model (both quarter of an hour;'
	@echo '                    MODEL=sample-data/model.safetensors instead: none), implants, tables, figures,'
	@echo '                    SHA256SUMS; `make implants`, `scores`, `figures` go as far as that'
	@echo 'make test           set up, fetch the sample CT, build and pass the tests'
	@echo 'make setup          install the system packages of scripts/packages.txt that are missing'
	@echo 'make fetch          fetch the sample CT into sample-data/fetched'
	@echo 'make build          build calvaria for release in BUILD'
	@echo 'make install        build, install calvaria, its shell completions and pipelines'
	@echo 'make bench          the main job, files and voxels against the peers; figures stand in Benchmarks/RESULTS.md'
	@echo 'make conformance    1,500 NRRD and NIfTI files through calvaria and, rewritten, through its peers'
	@echo 'make lint           formatting, imports, modules and their folders, the tree'
	@echo 'make format         format the sources'
	@echo 'make test-thread    the tests under ThreadSanitizer, in .build-thread'
	@echo 'make test-address   the tests under AddressSanitizer, in .build-address'
	@echo 'make fuzz           damaged files for the readers, SECONDS each, under AddressSanitizer'
	@echo 'make stress         many cases at widths 1, 2, 8: as shipped and under ThreadSanitizer;'
	@echo '                    batches killed, memory of stages at 256 x 256 x 256'
	@echo 'make check-fresh    TARGETS in a clean Debian root (root only, minutes, 3 GB)'
	@echo 'make clean          remove what was built and written, keep what was fetched'
	@echo
	@echo 'Variables and what they are now:'
	@echo '  CASE=$(CASE)  the volume that `make run` works on'
	@echo '  PIPELINE=$(PIPELINE)  what `make run` does with it, in place of both'
	@echo '  OUT=$(OUT)  where `make run` writes'
	@echo '  TRAINING=$(TRAINING) TRAINED=$(TRAINED)  what `make train` trains, and where'
	@echo '  EPOCHS=$(EPOCHS)  of each stage of `make paper`'
	@echo '  POPULATION=$(POPULATION) COUNT=$(COUNT) SEED=$(SEED) SIZE=$(SIZE) KINDS=$(KINDS)  what `make population` makes'
	@echo '  REPRODUCED=$(REPRODUCED) MODEL=$(MODEL) REPRODUCTION=$(REPRODUCTION)  what `make reproduce` makes, see pipelines/reproduce.mk'
	@echo '  BUILD=$(BUILD)  the build folder of build, run, install and test'
	@echo '  FILTER=$(FILTER)  only the tests whose names match this expression'
	@echo '  PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)  where `make install` puts things'
	@echo '  TARGETS=$(TARGETS)  what `make check-fresh` makes'
	@echo '  READERS=$(READERS) SECONDS=$(SECONDS)  what `make fuzz` feeds (all), and how long each'
	@echo '  SETUP=$(SETUP)  skip: the system packages are there, do not look for them'

run: setup $(if $(filter sample-data/cranium.nhdr,$(CASE)),fetch) build
	@$(calvaria) implant '$(CASE)' $(if $(PIPELINE),--pipeline '$(PIPELINE)') -o '$(OUT)'
	@$(if $(PIPELINE),,$(calvaria) implant '$(CASE)' --pipeline pipelines/implant-mirror.yaml -o '$(OUT)-mirror')

train: setup fetch build
	$(calvaria) train '$(TRAINING)' -o '$(TRAINED)' --resume

# The model that ships: an hour to make, the same bytes on the same kind of machine.
model: setup fetch build
	$(calvaria) train training/shipped.yaml -o out/shipped --resume
	cp out/shipped/model.safetensors out/shipped/log.csv sample-data/
	mv sample-data/log.csv sample-data/model.csv

# The paper's experiment: EPOCHS of each stage (60 here, 1200 there), curves in out/paper-EPOCHS/*/log.csv;
# then what the paper says of them, held against what was measured.
paper: setup fetch build
	for name in small-beta large-beta large-beta-standardized; do \
	  case $$name in small-beta) second= ;; *) second='--set stage2.epochs=$(EPOCHS)' ;; esac; \
	  $(calvaria) train "training/paper-$$name.yaml" -o "out/paper-$(EPOCHS)/$$name" --resume \
	    --set stage1.epochs=$(EPOCHS) $$second || exit; \
	done
	CALVARIA='$(calvaria)' scripts/check-paper 'out/paper-$(EPOCHS)'

population: setup fetch build
	@$(calvaria) synth -o '$(POPULATION)' --count '$(COUNT)' --seed '$(SEED)' --size '$(SIZE)' \
	  $(if $(KINDS),--kinds '$(KINDS)') --template sample-data/cranium.nhdr

# The tests of the command line run the program as it ships.
test: setup
	@scripts/fetch --optional
	swift build -c release --product calvaria --scratch-path $(BUILD)
	swift build --build-tests --scratch-path $(BUILD)
	CALVARIA='$(abspath $(calvaria))' $(TESTS) --skip-build --scratch-path $(BUILD)

setup:
	@scripts/setup

fetch:
	@scripts/fetch

build:
	swift build -c release --product calvaria --scratch-path $(BUILD)

install: build
	install -d '$(root)/bin' '$(root)/share/calvaria/sample-data'
	install -m 755 $(calvaria) '$(root)/bin/calvaria'
	cp -R pipelines training '$(root)/share/calvaria/'
	install -m 644 sample-data/cranium.nhdr sample-data/model.safetensors \
	  '$(root)/share/calvaria/sample-data/'
	install -d '$(root)/share/bash-completion/completions' '$(root)/share/zsh/site-functions' \
	  '$(root)/share/fish/vendor_completions.d'
	$(calvaria) --generate-completion-script bash \
	  >'$(root)/share/bash-completion/completions/calvaria'
	$(calvaria) --generate-completion-script zsh >'$(root)/share/zsh/site-functions/_calvaria'
	$(calvaria) --generate-completion-script fish \
	  >'$(root)/share/fish/vendor_completions.d/calvaria.fish'

bench: setup fetch build
	CALVARIA='$(abspath $(calvaria))' Benchmarks/main-job
	Benchmarks/volumes/compare
	Benchmarks/voxels/compare
	swift run -c release --package-path Benchmarks/scheduler scheduler-bench
	CALVARIA='$(abspath $(calvaria))' Benchmarks/batch/scale
	CALVARIA='$(abspath $(calvaria))' Benchmarks/batch/again
	CALVARIA='$(abspath $(calvaria))' Benchmarks/batch/compare

# Peers of the last script: pynrrd, nibabel, SimpleITK; teem's unu where it is installed.
PEERS := .build-peers
conformance: setup build
	@test -x $(PEERS)/bin/python || python3 -m venv $(PEERS)
	@$(PEERS)/bin/pip -q install numpy==2.4.6 pynrrd==1.1.3 nibabel==5.4.2 SimpleITK==2.5.7
	@rm -rf $(PEERS)/corpus
	$(PEERS)/bin/python Tests/Conformance/corpus.py $(PEERS)/corpus
	$(PEERS)/bin/python Tests/Conformance/check.py '$(calvaria)' $(PEERS)/corpus
	$(PEERS)/bin/python Tests/Conformance/reverse.py '$(calvaria)' $(PEERS)/corpus

lint:
	swift format lint --strict $(FORMAT_OPTIONS) $(SWIFT_SOURCES)
	scripts/check-imports
	scripts/check-modules
	scripts/check-tree

format:
	swift format --in-place $(FORMAT_OPTIONS) $(SWIFT_SOURCES)

test-thread: setup
	@scripts/fetch --optional
	$(TESTS) --sanitize=thread --scratch-path .build-thread

# Without the search for leaks: Foundation's Data keeps its pointers where that does not look.
test-address: setup
	@scripts/fetch --optional
	ASAN_OPTIONS=detect_leaks=0 $(TESTS) --sanitize=address --scratch-path .build-address

# What libFuzzer finds is left in out/fuzz. READERS: nrrd nifti pipeline training safetensors torch.
fuzz: setup
	SECONDS_EACH='$(SECONDS)' scripts/fuzz $(READERS)

# 200 cases, some bad, through the program as it ships, and 24, at seconds each, through one under
# ThreadSanitizer. (The scheduler alone runs its 200 under it with `make test-thread FILTER=Dataflow`.)
stress: setup
	swift build -c release --product calvaria --scratch-path $(BUILD)
	swift build --build-tests --scratch-path $(BUILD)
	CALVARIA_CASES=200 CALVARIA='$(abspath $(calvaria))' swift test --disable-xctest --skip-build \
	  --scratch-path $(BUILD) --filter ManyCasesTests
	CALVARIA_KILLS=20 CALVARIA_SIDE=256 CALVARIA='$(abspath $(calvaria))' swift test --disable-xctest --skip-build \
	  --scratch-path $(BUILD) --filter 'BatchFailureTests|DeclaredMemoryTests'
	swift build --sanitize=thread --product calvaria --scratch-path .build-thread
	CALVARIA_CASES=24 CALVARIA_SANITIZED=1 CALVARIA='$(abspath .build-thread/debug/calvaria)' \
	  swift test --disable-xctest --skip-build --scratch-path $(BUILD) --filter ManyCasesTests

check-fresh:
	@scripts/check-fresh $(TARGETS)

clean:
	rm -rf .build .build-* .build_* out
