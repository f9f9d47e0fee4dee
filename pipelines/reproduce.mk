# From a seed to figures. Every result is a file that depends on the files it is made from. The top Makefile
# includes this one; `make reproduce` makes everything.
#
#   sample CT ──► population/ ──► training/model.safetensors ──┐
#       │                                                     ├──► batch/ ──► figures/
#       └──► cases/ ───────────────────────────────────────────┘      │
#                                                                     └──► SHA256SUMS ◄── figures/
#
# In REPRODUCED (out/reproduced):
#   population/    TRAINING_SKULLS synthetic skulls with holes of TRAINING_KINDS, from SEED  (400: 2 minutes)
#   training/      what REPRODUCTION trains on them                              (about 10 minutes)
#   cases/         TEST_SKULLS other skulls with holes of TEST_KINDS, from SEED + 1000003  (seconds)
#   batch/         output of `calvaria batch`: implants, meshes                  (seconds per case)
#   figures/       what `calvaria figures figures/reproduced.yaml` draws, and their data: scores-by-kind.csv has the scores
#                  of all cases, scores-by-kind-summary.csv quartiles and means by kind, training.csv the curve
#   SHA256SUMS     of implants, meshes, tables, figures
# MODEL=sample-data/model.safetensors uses that model and skips population and training: one minute in total.
#
# A result is made again if a file that it depends on is newer, if a setting differs from the one it was made
# with (kept in settings/), or if the program has changed. A second `make reproduce` does nothing, and
# `make -n` prints what would be done.
#
# An incomplete result never counts: each target is a file that its command writes last and atomically, or a
# stamp that is set after the command has succeeded. make removes a target whose command failed or was
# interrupted. An interrupted training or batch continues where it stopped. Rules share no files, so -j is
# safe; but each command uses all cores, and the top Makefile runs them one after the other.

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
REPRODUCED_PIPELINE ?= pipelines/implant-vae.yaml
TEMPLATE ?= sample-data/cranium.nhdr
# For example `--jobs 1 --memory 2GB`; the outputs do not depend on them.
BATCH_OPTIONS ?=

r := $(REPRODUCED)
model := $(if $(MODEL),$(MODEL),$r/training/model.safetensors)
curve := $(if $(MODEL),$(MODEL:.safetensors=.csv),$r/training/log.csv)
# A model from elsewhere may have no curve.
shown := $(if $(MODEL),$(wildcard $(curve)),$(curve))

.PHONY: implants scores reproduced-figures reproduce
.DELETE_ON_ERROR:

reproduce: $r/SHA256SUMS
implants: $r/implants.done
scores reproduced-figures: $r/figures/figures.json

# The program is built if a source is newer. What depends on it is made again only if its bytes have changed.
# This is checked while the rules are read, so that `make -n` shows it too. If the program itself must be built
# first, `make -n` prints what would follow if its bytes changed. CALVARIA=file uses an existing program.
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
ifneq ($(filter reproduce implants scores reproduced-figures $r/%,$(MAKECMDGOALS)),)
found := $(if $(wildcard $(program)),$(shell $(digest)))
endif
$r/settings/program: $(if $(stale),reproduce-differs,$(if $(found),$(if $(filter $(found),$(file <$r/settings/program)),,reproduce-differs))) \
    | $(program)
	@mkdir -p '$(@D)'
	@$(digest) >'$@.new'
	@cmp -s '$@.new' '$@' || cp '$@.new' '$@'
	@rm '$@.new'

# A setting is a file that is rewritten if its content differs from the current value.
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

# The voxels of the template, if it is the sample CT.
voxels := $(if $(filter sample-data/cranium.nhdr,$(TEMPLATE)),sample-data/fetched/cranium.raw)
sample-data/fetched/cranium.raw:
	@scripts/fetch

# synth writes population.json last. The files of an earlier population are removed first.
$r/population/population.json: $(TEMPLATE) $(voxels) $r/settings/population $r/settings/program
	rm -rf '$(@D)'
	'$(program)' synth -o '$(@D)' --count '$(TRAINING_SKULLS)' --seed '$(SEED)' \
	  --size '$(TRAINING_SIZE)' --kinds '$(TRAINING_KINDS)' --template '$(TEMPLATE)'

$r/cases/population.json: $(TEMPLATE) $(voxels) $r/settings/cases $r/settings/program
	rm -rf '$(@D)'
	'$(program)' synth -o '$(@D)' --count '$(TEST_SKULLS)' --seed "$$(($(SEED) + 1000003))" \
	  --size '$(TEST_SIZE)' --kinds '$(TEST_KINDS)' --template '$(TEMPLATE)'

# A checkpoint older than the files that the training depends on belongs to another training.
ifndef MODEL
$r/training/model.safetensors: $(REPRODUCTION) $r/population/population.json $r/settings/training \
    $r/settings/program
	@for file in $^; do test '$(@D)/last.ckpt' -nt "$$file" || { rm -rf '$(@D)'; break; }; done
	'$(program)' train '$(REPRODUCTION)' -o '$(@D)' --resume --set 'data.folder=$r/population' \
	  $(TRAINING_OPTIONS)
	@touch '$@'
endif

# The batch keeps its results for unchanged cases. Results of cases that are gone are removed.
$r/implants.done: $r/cases/population.json $(model) $(REPRODUCED_PIPELINE) $r/settings/batch \
    $r/settings/program
	'$(program)' batch '$r/cases' -o '$r/batch' --pipeline '$(REPRODUCED_PIPELINE)' \
	  --set 'model=$(model)' $(BATCH_OPTIONS)
	@cd '$r/batch' && find implant mesh -type f 2>/dev/null | LC_ALL=C sort | while read -r file; do \
	  name=$${file#*/}; test -e "../cases/defective_skull/$${name%.*}.nrrd" || rm "$$file"; done
	@touch '$@'

# The account, figures.json, is written last. When the model exists, so does the curve of its training.
$r/figures/figures.json: $r/implants.done figures/reproduced.yaml $(if $(MODEL),$(shown),$(model)) $r/settings/program
	@scripts/setup scripts/packages-figures.txt
	rm -rf '$(@D)'
	'$(program)' figures figures/reproduced.yaml -o '$(@D)' -q --set 'scores.kinds=$r/batch' \
	  $(if $(shown),--set 'trainings.shown=$(shown)')

# Not the account: it names folders, which differ.
$r/SHA256SUMS: $r/implants.done $r/figures/figures.json
	cd '$r' && { find batch/implant batch/mesh -type f 2>/dev/null; ls figures/*.csv figures/*.svg; } | \
	  LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS
