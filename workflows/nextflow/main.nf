// From a seed to figures, or with --folder a folder of your own in parts; docs/workflows.md says how to run both.
//
//   population/ ──► training/model.safetensors ──┐
//   cases/ ──────────────────────────────────────┴──► batch/ ──► figures/
//
//   FOLDER ──► 1/n, 2/n, … n/n ──► merge ──► IMPLANTS/report.html
//
// Every attempt at a task gets a new work folder. So trainings and batches do not write there, but into the folder that a
// setting names, where one that was killed goes on from its checkpoint or its implants; they hand on the name of that
// folder as a value. Populations and figures, which are made anew, are files in work folders, copied to where they belong.
// With -resume, what has ended is not run again.

// Relative to the folder in which Nextflow was started, as tasks run elsewhere.
def at(path) {
    return file(path).toAbsolutePath().toString()
}

process POPULATION {
    cpus 4
    memory '2 GB'
    time '1h'
    publishDir params.out, mode: 'copy'

    output:
    path 'population'

    script:
    """
    ${params.calvaria} synth -o population --count ${params.training_skulls} --seed ${params.seed} --size ${params.training_size} --kinds ${params.training_kinds} --template '${params.template}' --jobs ${task.cpus} -q
    """
}

// Other skulls than those of the training.
process CASES {
    cpus 4
    memory '4 GB'
    time '30m'
    publishDir params.out, mode: 'copy'

    output:
    path 'cases'

    script:
    """
    ${params.calvaria} synth -o cases --count ${params.test_skulls} --seed ${params.test_seed} --size ${params.test_size} --kinds ${params.test_kinds} --template '${params.template}' --jobs ${task.cpus} -q
    """
}

process TRAIN {
    cpus 8
    memory '8 GB'
    time '4h'

    input:
    val results
    path population
    path training

    output:
    val "${results}/training"

    script:
    """
    ${params.calvaria} train ${training} -o '${results}/training' --resume --set data.folder=${population} --threads ${task.cpus} -q ${params.training_options}
    """
}

process BATCH {
    cpus 4
    memory '8 GB'
    time '2h'

    input:
    val results
    path cases
    val training
    path pipeline

    output:
    val "${results}/batch"

    script:
    """
    ${params.calvaria} batch ${cases} -o '${results}/batch' --pipeline ${pipeline} --set 'model=${training}/model.safetensors' --jobs ${task.cpus} --memory ${task.memory.toMega().intdiv(4) * 3}MB -q ${params.batch_options}
    """
}

process FIGURES {
    cpus 2
    memory '2 GB'
    time '15m'
    publishDir params.out, mode: 'copy'

    input:
    val scored
    val training
    path settings, stageAs: 'figures.yaml'

    output:
    path 'figures'

    script:
    """
    ${params.calvaria} figures ${settings} -o figures --set 'scores.kinds=${scored}' --set 'trainings.shown=${training}/log.csv' --jobs ${task.cpus} -q ${params.figures_options}
    """
}

process PART {
    cpus 2
    memory '8 GB'
    time '4h'

    input:
    val folder
    val implants
    val number

    output:
    val number

    script:
    """
    ${params.calvaria} batch '${folder}' -o '${implants}' --shard ${number}/${params.parts} --jobs ${task.cpus} --memory ${task.memory.toMega().intdiv(4) * 3}MB -q ${params.folder_options}
    """
}

process MERGE {
    memory '2 GB'
    time '15m'

    input:
    val implants
    val numbers

    output:
    val implants

    script:
    """
    ${params.calvaria} merge '${implants}'
    """
}

process REPORT {
    cpus 2
    memory '4 GB'
    time '1h'

    input:
    val implants

    script:
    """
    ${params.calvaria} report '${implants}' --jobs ${task.cpus}
    """
}

workflow {
    if (params.folder) {
        parts = PART(at(params.folder), at(params.implants), channel.of(1..(params.parts as int)))
        merged = MERGE(at(params.implants), parts.collect())
        if (params.report) {
            REPORT(merged)
        }
    } else {
        results = at(params.out)
        trained = TRAIN(results, POPULATION(), file(params.training))
        scored = BATCH(results, CASES(), trained, file(params.pipeline))
        FIGURES(scored, trained, file(params.figures))
    }
}
