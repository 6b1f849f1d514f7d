# Requires: the manifest, the normalised references. Gives: {results}/gallery/.
GALLERY = [LAYOUT.gallery(name) for name in PLAN.gallery]


rule build_gallery:
    """A page to look through all synthetic videos."""
    input:
        manifest=LAYOUT.dataset("manifest.parquet"),
        videos=expand(LAYOUT.video("reference", "{id}"), id=REFERENCES),
        fits=expand(LAYOUT.fit("reference", "{id}"), id=REFERENCES),
    output:
        GALLERY,
    log:
        LAYOUT.log("build_gallery"),
    benchmark:
        LAYOUT.benchmark("build_gallery")
    conda:
        "../envs/video.yaml"
    params:
        title=CONFIG["dataset"]["name"],
        references=told(list(REFERENCES)),
        code=code_version("build_gallery"),
    script:
        "../workflow/scripts/build_gallery.py"
