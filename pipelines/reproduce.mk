# From a seed to figures: every artefact a file that hangs on the files it is made of. The top Makefile
# includes this one; `make reproduce` makes all of it.
#
#   sample CT ──► population/ ──► training/model.safetensors ──┐
#       │                                                     ├──► batch/ ──► scores.csv, summary.csv
#       └──► cases/ ───────────────────────────────────────────┘      │            │
#                                                                     │            └──► figures/*.svg
#                                                                     └──► SHA256SUMS ◄── tables, figures
#
# Below REPRODUCED (out/reproduced):
#   population/    TRAINING_SKULLS synthetic skulls with holes of TRAINING_KINDS, from SEED  (400: 2 minutes)
#   training/      what REPRODUCTION trains on them                                  (some 10 minutes)
#   cases/         TEST_SKULLS others with holes of TEST_KINDS, from SEED + 1000003        (seconds)
#   batch/         `calvaria batch`: implants, meshes                                (seconds a case)
#   scores.csv     the scores without the seconds, which no two runs share
#   summary.csv    by kind: cases, quartiles of Dice, mean of the other scores
#   figures/       scores.svg, training.svg
#   SHA256SUMS     of implants, meshes, tables, figures
# MODEL=sample-data/model.safetensors takes a model in place of population and training: a minute in all.
#
# What counts as changed: a file that is newer than what was made of it, a setting that is another than the
# one it was made with (kept in settings/), and a program of other bytes. A second `make reproduce` does
# nothing, and `make -n` says what would be done, and nothing else.
#
# What is half made never counts: each target is a file that its command writes last and in one piece, or a
# stamp that is set after the command has ended well; make removes a target whose command failed or was
# interrupted. Training goes on where it was interrupted, and so does the batch. Rules share no file, so -j is
# safe; but each command uses all cores itself, and the top Makefile runs them one after the other.

REPRODUCED ?= out/reproduced
MODEL ?=
REPRODUCTION ?= training/reproduce.yaml
TRAINING_SKULLS ?= 400
TRAINING_SIZE ?= 64x64x32
TRAINING_KINDS ?= prism,sphere,polygon,bilateral,frontoorbital,parietotemporal,random,facial
TRAINING_OPTIONS ?=
TEST_SKULLS ?= 4
TEST_SIZE ?= native
TEST_KINDS ?= prism,sphere,bilateral,parietotemporal,random
REPRODUCED_PIPELINE ?= pipelines/implant.yaml
TEMPLATE ?= sample-data/cranium.nhdr
# Such as `--jobs 1 --memory 2GB`; outputs do not depend on them.
BATCH_OPTIONS ?=

r := $(REPRODUCED)
model := $(if $(MODEL),$(MODEL),$r/training/model.safetensors)
curve := $(if $(MODEL),$(MODEL:.safetensors=.csv),$r/training/log.csv)
tables := $r/scores.csv $r/summary.csv
figures := $r/figures/scores.svg $(if $(MODEL),$(if $(wildcard $(curve)),$r/figures/training.svg),$r/figures/training.svg)

.PHONY: implants scores figures reproduce
.DELETE_ON_ERROR:

reproduce: $r/SHA256SUMS
implants: $r/implants.done
scores: $(tables)
figures: $(figures)

# The program is made when a source is newer; what hangs on it is made again only if its bytes changed. That is
# seen while the rules are read, so that `make -n` tells of it too; where the program itself must be made first,
# `make -n` says what would follow if its bytes changed. CALVARIA=file takes a program that is there.
.PHONY: reproduce-differs
ifdef CALVARIA
program := $(CALVARIA)
else
program := $(calvaria)
sources := Package.swift $(shell find Sources -type f ! -name '.*')
$(calvaria): $(sources)
	@scripts/setup
	swift build -c release --product calvaria --scratch-path $(BUILD)
	@touch '$@'
stale := $(if $(wildcard $(program)),$(shell find $(sources) -newer '$(program)' | head -n 1),missing)
endif
digest := sha256sum '$(program)' | cut -d ' ' -f 1
ifneq ($(filter reproduce implants scores figures $r/%,$(MAKECMDGOALS)),)
found := $(if $(wildcard $(program)),$(shell $(digest)))
endif
$r/settings/program: $(if $(stale),reproduce-differs,$(if $(found),$(if $(filter $(found),$(file <$r/settings/program)),,reproduce-differs))) \
    | $(program)
	@mkdir -p '$(@D)'
	@$(digest) >'$@.new'
	@cmp -s '$@.new' '$@' || cp '$@.new' '$@'
	@rm '$@.new'

# A setting is a file that is written where it says something else than is wanted now.
define setting
$r/settings/$1: $(if $(filter x$(strip $2)x,x$(strip $(file <$r/settings/$1))x),,reproduce-differs)
	@mkdir -p '$$(@D)'
	@printf '%s\n' '$(strip $2)' >'$$@'
endef
empty :=
joined = $(subst $(empty) ,~,$(strip $1))
$(eval $(call setting,population,$(call joined,$(SEED) $(TRAINING_SKULLS) $(TRAINING_SIZE) $(TRAINING_KINDS))))
$(eval $(call setting,training,$(call joined,$(REPRODUCTION) $(TRAINING_OPTIONS))))
$(eval $(call setting,cases,$(call joined,$(SEED) $(TEST_SKULLS) $(TEST_SIZE) $(TEST_KINDS))))
$(eval $(call setting,batch,$(call joined,$(REPRODUCED_PIPELINE) $(model))))

# The voxels of the template, where it is the sample CT.
voxels := $(if $(filter sample-data/cranium.nhdr,$(TEMPLATE)),sample-data/fetched/cranium.raw)
sample-data/fetched/cranium.raw:
	@scripts/fetch

# synth writes population.json last. What an earlier population left is taken away first.
$r/population/population.json: $(TEMPLATE) $(voxels) $r/settings/population $r/settings/program
	rm -rf '$(@D)'
	'$(program)' synth -o '$(@D)' --count '$(TRAINING_SKULLS)' --seed '$(SEED)' \
	  --size '$(TRAINING_SIZE)' --kinds '$(TRAINING_KINDS)' --template '$(TEMPLATE)'

$r/cases/population.json: $(TEMPLATE) $(voxels) $r/settings/cases $r/settings/program
	rm -rf '$(@D)'
	'$(program)' synth -o '$(@D)' --count '$(TEST_SKULLS)' --seed "$$(($(SEED) + 1000003))" \
	  --size '$(TEST_SIZE)' --kinds '$(TEST_KINDS)' --template '$(TEMPLATE)'

# A checkpoint that is older than what the training hangs on is of another training.
ifndef MODEL
$r/training/model.safetensors: $(REPRODUCTION) $r/population/population.json $r/settings/training \
    $r/settings/program
	@for file in $^; do test '$(@D)/last.ckpt' -nt "$$file" || { rm -rf '$(@D)'; break; }; done
	'$(program)' train '$(REPRODUCTION)' -o '$(@D)' --resume --set 'data.folder=$r/population' \
	  $(TRAINING_OPTIONS)
	@touch '$@'
endif

# The batch keeps what it has made of the same contents; what it once made of other cases goes.
$r/implants.done: $r/cases/population.json $(model) $(REPRODUCED_PIPELINE) $r/settings/batch \
    $r/settings/program
	'$(program)' batch '$r/cases' -o '$r/batch' --pipeline '$(REPRODUCED_PIPELINE)' \
	  --set 'model=$(model)' $(BATCH_OPTIONS)
	@cd '$r/batch' && find implant mesh -type f 2>/dev/null | LC_ALL=C sort | while read -r file; do \
	  name=$${file#*/}; test -e "../cases/defective_skull/$${name%.*}.nrrd" || rm "$$file"; done
	@touch '$@'

$r/scores.csv: $r/implants.done scripts/tables
	scripts/tables scores <'$r/batch/scores.csv' >'$@'

$r/summary.csv: $r/scores.csv scripts/tables
	scripts/tables summary <'$<' >'$@'

$r/figures/scores.svg: $r/scores.csv scripts/figures
	@mkdir -p '$(@D)'
	scripts/figures scores <'$<' >'$@'

# The curve of a training is there when its model is.
$r/figures/training.svg: $(if $(MODEL),$(curve),$(model)) scripts/figures
	@mkdir -p '$(@D)'
	scripts/figures training <'$(curve)' >'$@'

$r/SHA256SUMS: $r/implants.done $(tables) $(figures)
	cd '$r' && { find batch/implant batch/mesh -type f 2>/dev/null; ls $(patsubst $r/%,%,$(tables) $(figures)); } | \
	  LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS
