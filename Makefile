# Calvaria. `make help` lists the targets and variables.

CASE ?= sample-data/cranium.nhdr
PIPELINE ?=
OUT ?= out/cranium
POPULATION ?= out/population
TRAINING ?= training/shipped.yaml
EPOCHS ?= 60
FIGURES ?= out/figures
FIGURE_EPOCHS ?= 30
LONG_EPOCHS ?= 120
TRAINED ?= out/$(basename $(notdir $(TRAINING)))
COUNT ?= 100
SEED ?= 1
SIZE ?= 64x64x32
KINDS ?=
SKULLS ?= 8
SKULL ?=
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= .build
FILTER ?=
TARGETS ?= run test
READERS ?=
SECONDS ?= 60
GUIDES ?=
GUIDES_SWIFT ?=
SETUP ?=
export SETUP
# Tests walk whole scans; see Package.swift.
export CALVARIA_OPTIMIZED := yes

SWIFT_SOURCES := Package.swift Sources Tests Fuzzing/Package.swift Fuzzing/Sources
FORMAT_OPTIONS := --configuration .swift-format --recursive --parallel
TESTS := swift test --disable-xctest $(if $(FILTER),--filter '$(FILTER)')
calvaria := $(BUILD)/release/calvaria
root := $(DESTDIR)$(PREFIX)

.PHONY: help run test setup fetch build install bench lint format conformance test-thread test-address test-pages test-workflows \
  cluster-test mpi-test fuzz stress check-fresh clean population train model shape paper figures quality install-built dist test-guides \
  docs
# Prerequisites are made one after the other, even with -j.
.NOTPARALLEL:

include pipelines/reproduce.mk
.DEFAULT_GOAL := help

help:
	@echo 'make run            set up, fetch the sample CT, build, make the implant of CASE in OUT,'
	@echo '                    and a second one by mirroring in OUT-mirror'
	@echo 'make test           set up, fetch the sample CT, build and run the tests'
	@echo 'make train          set up, fetch the sample CT, build, run TRAINING in TRAINED, or continue it'
	@echo 'make model          train the shipped model and put it into sample-data (an hour)'
	@echo 'make shape          make the head of the model `shape` from the sample CT, in sample-data'
	@echo 'make paper          run the trainings of the paper at 64x64x32, EPOCHS each, and check the results'
	@echo 'make population     set up, fetch the sample CT, build, make COUNT synthetic skulls in POPULATION'
	@echo 'make reproduce      make everything from SEED in REPRODUCED: population and model (15 minutes together,'
	@echo '                    none with MODEL=sample-data/model.safetensors), implants, tables, figures,'
	@echo '                    SHA256SUMS; `make implants` and `make scores` (tables and figures) stop earlier'
	@echo 'make figures        the figures of the paper and others, from nothing: makes skulls, runs trainings of'
	@echo '                    FIGURE_EPOCHS an hour and more in FIGURES, scores implants, draws in FIGURES/drawn'
	@echo 'make setup          install the system packages of scripts/packages.txt that are missing'
	@echo 'make fetch          fetch the sample CT into sample-data/fetched'
	@echo 'make build          build calvaria for release in BUILD'
	@echo 'make install        build, then install calvaria, its shell completions, man pages and pipelines'
	@echo 'make dist           make the prebuilt program in out/dist: a tar.gz that runs from any folder, and a'
	@echo '                    Debian package'
	@echo 'make bench          time the main job, files, voxels, surfaces, parts and batches against other programs;'
	@echo '                    results are in Benchmarks/RESULTS.md'
	@echo 'make quality        score every method on SKULLS skulls of a final seed that nothing was tuned on, on holes in'
	@echo '                    the sample CT, and in the skull of SkullBreak where SKULL names it, into'
	@echo '                    Benchmarks/QUALITY.md; with SEED=900 a development run, into out/quality-900'
	@echo 'make conformance    run 1,500 NRRD and NIfTI files through calvaria, and its output through others'
	@echo 'make lint           check the formatting, the modules against their table and rules, and the tree'
	@echo 'make format         format the sources'
	@echo 'make test-thread    run the tests under ThreadSanitizer, in .build-thread'
	@echo 'make test-address   run the tests under AddressSanitizer, in .build-address'
	@echo 'make test-pages     open the pages of reports in Chromium, click, type and look; pictures in out/pages'
	@echo 'make test-workflows run the workflows of Snakemake (and Nextflow, if it is there), kill them, run them again'
	@echo 'make test-guides    run the guides in docs/guides line by line, or GUIDES of them; GUIDES_SWIFT=yes: also the Swift'
	@echo '                    package of one of them, which takes minutes more'
	@echo 'make docs           write the reference into out/docs: commands, stages, models, layouts, man pages, modules'
	@echo 'make mpi-test       trainings over several processes with a real MPI: curves, bytes, a rank that is killed'
	@echo 'make cluster-test   a batch on a real Slurm on this machine (as root): nodes drained, tasks killed, preempted'
	@echo 'make fuzz           feed damaged files to the readers, SECONDS each, under AddressSanitizer'
	@echo 'make stress         run many cases at widths 1, 2, 8, as shipped and under ThreadSanitizer;'
	@echo '                    kill batches; measure the memory of stages at 256 x 256 x 256'
	@echo 'make check-fresh    make TARGETS in a clean Debian root (needs root, some minutes, 3 GB); with TARGETS=dist'
	@echo '                    the prebuilt program also runs in roots of Debian 12 and 13 without a toolchain'
	@echo 'make clean          remove build products and output, keep what was fetched'
	@echo
	@echo 'Variables and their current values:'
	@echo '  CASE=$(CASE)  the volume for `make run`'
	@echo '  PIPELINE=$(PIPELINE)  the pipeline for `make run` (empty: implant.yaml, then implant-mirror.yaml)'
	@echo '  OUT=$(OUT)  the output folder of `make run`'
	@echo '  TRAINING=$(TRAINING) TRAINED=$(TRAINED)  training file and folder of `make train`'
	@echo '  EPOCHS=$(EPOCHS)  per training stage of `make paper`'
	@echo '  FIGURES=$(FIGURES) FIGURE_EPOCHS=$(FIGURE_EPOCHS) LONG_EPOCHS=$(LONG_EPOCHS)  for `make figures`'
	@echo '  POPULATION=$(POPULATION) COUNT=$(COUNT) SEED=$(SEED) SIZE=$(SIZE) KINDS=$(KINDS)  for `make population`'
	@echo '  SKULLS=$(SKULLS) SKULL=$(SKULL)  for `make quality`, with SEED'
	@echo '  REPRODUCED=$(REPRODUCED) MODEL=$(MODEL) REPRODUCTION=$(REPRODUCTION)'
	@echo '                    for `make reproduce`; pipelines/reproduce.mk has more'
	@echo '  BUILD=$(BUILD)  the build folder of build, run, install and test'
	@echo '  FILTER=$(FILTER)  only the tests whose names match this expression'
	@echo '  PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)  where `make install` installs'
	@echo '  GUIDES=$(GUIDES) GUIDES_SWIFT=$(GUIDES_SWIFT)  for `make test-guides`: which (empty: all); yes: with Swift'
	@echo '  TARGETS=$(TARGETS)  what `make check-fresh` makes'
	@echo '  READERS=$(READERS) SECONDS=$(SECONDS)  for `make fuzz`: which readers (empty: all), seconds for each'
	@echo '  SETUP=$(SETUP)  skip: do not look for missing system packages'

run: setup $(if $(filter sample-data/cranium.nhdr,$(CASE)),fetch) build
	@$(calvaria) implant '$(CASE)' $(if $(PIPELINE),--pipeline '$(PIPELINE)') -o '$(OUT)'
	@$(if $(PIPELINE),,$(calvaria) implant '$(CASE)' --pipeline pipelines/implant-mirror.yaml -o '$(OUT)-mirror')

train: setup fetch build
	$(calvaria) train '$(TRAINING)' -o '$(TRAINED)' --resume

# The shipped model: takes an hour; the bytes are the same on the same kind of machine.
model: setup fetch build
	$(calvaria) train training/shipped.yaml -o out/shipped --resume
	cp out/shipped/model.safetensors out/shipped/log.csv sample-data/
	mv sample-data/log.csv sample-data/model.csv

# The head that the model `shape` lays onto others: the same bytes everywhere.
shape: setup fetch build
	$(calvaria) template sample-data/cranium.nhdr -o sample-data/shape.safetensors \
	  --notice "the bone of InVesalius' example Cranium, GPL-2; see NOTICE and SHAPE.md"

# The paper's experiment: EPOCHS per training stage (60 by default, 1200 in the paper), curves in
# out/paper-EPOCHS/*/log.csv; then a check of the results against the paper's claims.
paper: setup fetch build
	for name in small-beta large-beta large-beta-standardized; do \
	  case $$name in small-beta) second= ;; *) second='--set stage2.epochs=$(EPOCHS)' ;; esac; \
	  $(calvaria) train "training/paper-$$name.yaml" -o "out/paper-$(EPOCHS)/$$name" --resume \
	    --set stage1.epochs=$(EPOCHS) $$second || exit; \
	done
	CALVARIA='$(calvaria)' scripts/check-paper 'out/paper-$(EPOCHS)'

# The figures of the paper, each with its data; trainings that are there are kept, one that was stopped goes on.
figures: setup fetch build
	@scripts/setup scripts/packages-figures.txt
	CALVARIA='$(calvaria)' scripts/paper-figures '$(FIGURES)' '$(FIGURE_EPOCHS)' '$(LONG_EPOCHS)'

population: setup fetch build
	@$(calvaria) synth -o '$(POPULATION)' --count '$(COUNT)' --seed '$(SEED)' --size '$(SIZE)' \
	  $(if $(KINDS),--kinds '$(KINDS)') --template sample-data/cranium.nhdr

# The tests of the command line run the release build.
test: setup
	@scripts/fetch --optional
	@scripts/fetch-viewer --optional
	swift build -c release --product calvaria --scratch-path $(BUILD)
	swift build --build-tests --scratch-path $(BUILD)
	CALVARIA='$(abspath $(calvaria))' $(TESTS) --skip-build --scratch-path $(BUILD)

setup:
	@scripts/setup

# Without the viewer, reports have pictures only.
fetch:
	@scripts/fetch
	@scripts/fetch-viewer --optional

build:
	swift build -c release --product calvaria --scratch-path $(BUILD)

install: build install-built

# What `make install` and `make dist` lay down, of a program that is built.
install-built:
	install -d '$(root)/bin' '$(root)/share/calvaria/sample-data'
	install -m 755 $(calvaria) '$(root)/bin/calvaria'
	cp -R pipelines printers training figures cluster workflows '$(root)/share/calvaria/'
	install -m 644 sample-data/cranium.nhdr sample-data/model.safetensors sample-data/MODEL.md \
	  sample-data/shape.safetensors sample-data/SHAPE.md '$(root)/share/calvaria/sample-data/'
	if [ -f sample-data/fetched/ipyniivue.whl ]; then \
	  install -D -m 644 sample-data/fetched/ipyniivue.whl '$(root)/share/calvaria/sample-data/fetched/ipyniivue.whl'; fi
	install -d '$(root)/share/bash-completion/completions' '$(root)/share/zsh/site-functions' \
	  '$(root)/share/fish/vendor_completions.d'
	$(calvaria) --generate-completion-script bash \
	  >'$(root)/share/bash-completion/completions/calvaria'
	$(calvaria) --generate-completion-script zsh >'$(root)/share/zsh/site-functions/_calvaria'
	$(calvaria) --generate-completion-script fish \
	  >'$(root)/share/fish/vendor_completions.d/calvaria.fish'
	CALVARIA='$(calvaria)' scripts/manual '$(root)/share/man/man1'

# Takes a build folder of its own, in which the Swift runtime is linked in.
dist: setup
	@scripts/fetch-viewer
	@scripts/dist

mpi-test: setup build
	@scripts/setup scripts/packages-mpi.txt
	CALVARIA='$(abspath $(calvaria))' scripts/mpi-test

bench: setup fetch build
	CALVARIA='$(abspath $(calvaria))' Benchmarks/main-job
	CALVARIA='$(abspath $(calvaria))' Benchmarks/cores
	Benchmarks/volumes/compare
	Benchmarks/voxels/compare
	Benchmarks/meshes/compare
	swift run -c release --package-path Benchmarks/scheduler scheduler-bench
	CALVARIA='$(abspath $(calvaria))' Benchmarks/batch/scale
	CALVARIA='$(abspath $(calvaria))' Benchmarks/batch/again
	CALVARIA='$(abspath $(calvaria))' Benchmarks/batch/shards
	CALVARIA='$(abspath $(calvaria))' Benchmarks/batch/compare

# The final seed unless SEED is given. A run that was stopped goes on.
QUALITY_FINAL := 960
QUALITY_SEED = $(if $(filter file,$(origin SEED)),$(QUALITY_FINAL),$(SEED))
QUALITY = out/quality-$(QUALITY_SEED)
quality: setup fetch build
	CALVARIA='$(abspath $(calvaria))' Benchmarks/quality/run '$(QUALITY)' --seed '$(QUALITY_SEED)' \
	  --skulls '$(SKULLS)' $(if $(SKULL),--skull '$(SKULL)')
	Benchmarks/quality/report '$(QUALITY)' \
	  '$(if $(filter $(QUALITY_FINAL),$(QUALITY_SEED)),Benchmarks,$(QUALITY))/QUALITY.md'

# The last script reads calvaria's output with pynrrd, nibabel and SimpleITK, and with teem's unu if installed.
PEERS := .build-peers
conformance: setup build
	@test -x $(PEERS)/bin/python || python3 -m venv $(PEERS)
	@$(PEERS)/bin/pip -q install numpy==2.4.6 pynrrd==1.1.3 nibabel==5.4.2 SimpleITK==2.5.7
	@rm -rf $(PEERS)/corpus
	$(PEERS)/bin/python Tests/Conformance/corpus.py $(PEERS)/corpus
	$(PEERS)/bin/python Tests/Conformance/check.py '$(calvaria)' $(PEERS)/corpus
	$(PEERS)/bin/python Tests/Conformance/reverse.py '$(calvaria)' $(PEERS)/corpus
	$(PEERS)/bin/python Tests/Conformance/kinds.py '$(calvaria)' $(if $(KINDS_SEED),--seed $(KINDS_SEED))

lint:
	swift format lint --strict $(FORMAT_OPTIONS) $(SWIFT_SOURCES)
	scripts/check-imports
	scripts/check-modules
	scripts/check-documents
	scripts/check-tree
	@if command -v hadolint >/dev/null; then set -x; hadolint containers/Containerfile; fi

format:
	swift format --in-place $(FORMAT_OPTIONS) $(SWIFT_SOURCES)

test-thread: setup
	@scripts/fetch --optional
	@scripts/fetch-viewer --optional
	$(TESTS) --sanitize=thread --scratch-path .build-thread

# Leaks are not searched for: Foundation's Data keeps its pointers where the search does not look.
test-address: setup
	@scripts/fetch --optional
	@scripts/fetch-viewer --optional
	ASAN_OPTIONS=detect_leaks=0 $(TESTS) --sanitize=address --scratch-path .build-address

# The pages of reports in Chromium; installs it where it is missing.
test-pages: setup build
	@scripts/fetch-viewer
	CALVARIA='$(abspath $(calvaria))' scripts/test-pages

# Snakemake comes from PyPI, into .build-workflows; without it the check is skipped.
test-workflows: setup build
	@CALVARIA='$(abspath $(calvaria))' scripts/check-workflows

# The guides as a reader would follow them, with the program that was built; packages of Python come from PyPI.
test-guides: setup fetch build
	@CALVARIA='$(abspath $(calvaria))' GUIDES_SWIFT='$(GUIDES_SWIFT)' scripts/test-guides $(GUIDES)

# Generated, so not in the repository. docs/README.md says what else there is to read.
docs: build
	@rm -rf out/docs
	@CALVARIA='$(calvaria)' scripts/manual out/docs/man
	@BUILD='$(BUILD)' scripts/modules out/docs/modules
	@CALVARIA='$(calvaria)' scripts/reference out/docs

# A batch on a Slurm of three nodes on this machine; as root. CASES=400 PARTS=8.
cluster-test: setup build
	@scripts/setup scripts/packages-cluster.txt
	@CALVARIA='$(abspath $(calvaria))' scripts/cluster-test

# libFuzzer writes what it finds to out/fuzz. READERS: nrrd nifti pipeline training safetensors torch
# stl 3mf ply obj.
fuzz: setup
	SECONDS_EACH='$(SECONDS)' scripts/fuzz $(READERS)

# 200 cases, some of them bad, through the release build; then 24, at seconds each, through a build under
# ThreadSanitizer. (`make test-thread FILTER=Dataflow` runs 200 cases of the scheduler alone under it.)
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
