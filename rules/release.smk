# Requires: the manifest, all composites. Gives: {results}/release/, if it is asked for.
from understudy.release.names import SUMS

RELEASE = LAYOUT.release(SUMS)  # what is written last and tells all other files


rule write_release:
    """The dataset for others: its videos, signed, in a folder that stands by itself."""
    input:
        manifest=manifest_to_release,
    output:
        RELEASE,
    log:
        LAYOUT.log("write_release"),
    benchmark:
        LAYOUT.benchmark("write_release")
    conda:
        "../envs/release.yaml"
    params:
        title=CONFIG["dataset"]["name"],
        licence=CONFIG["dataset"]["licence"],
        settings=CONFIG["release"],
        code=code_version("write_release"),
    script:
        "../workflow/scripts/write_release.py"
