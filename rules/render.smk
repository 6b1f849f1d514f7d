# Requires: avatars and fits of references. Gives: {results}/white/ and {results}/synthetic/.
def master(path):
    """The lossless RGBA master is thrown away once composited, unless the config keeps it."""
    return path if CONFIG["render"]["keep_rgba"] else temp(path)


rule animate_avatar:
    """S_(i,j): one person re-enacts one reference; on white, and as an RGBA master."""
    input:
        avatar=f"{RESULTS}/avatar/{{identity}}/avatar.safetensors",
        fit=f"{RESULTS}/fit/reference/{{reference}}.npz",
        body=BODY,
    output:
        rgba=master(f"{RESULTS}/white/{{reference}}/{{identity}}/{{view}}.rgba.mkv"),
        white=f"{RESULTS}/white/{{reference}}/{{identity}}/{{view}}.mp4",
    params:
        placement=CONFIG["render"]["placement"],
        crf=CONFIG["render"]["crf"],
        code=code_version("animate_avatar"),
    log:
        f"{RESULTS}/logs/animate_avatar/{{reference}}/{{identity}}/{{view}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/animate_avatar/{{reference}}/{{identity}}/{{view}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/animate_avatar.py"


rule composite_background:
    """S_(i,j,k): the re-enactment before one background, C + (1 − α) B."""
    input:
        rgba=f"{RESULTS}/white/{{reference}}/{{identity}}/{{view}}.rgba.mkv",
        background=lambda wildcards: source(BACKGROUNDS[wildcards.background]["image"]),
    output:
        f"{RESULTS}/synthetic/{{reference}}/{{identity}}/{{view}}/{{background}}.mp4",
    params:
        background=lambda wildcards: BACKGROUNDS[wildcards.background]["image"],
        fit=CONFIG["backgrounds"]["fit"],
        crf=CONFIG["render"]["crf"],
        code=code_version("composite_background"),
    log:
        f"{RESULTS}/logs/composite_background/{{reference}}/{{identity}}/{{view}}/{{background}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/composite_background/{{reference}}/{{identity}}/{{view}}/{{background}}.tsv"
    conda:
        "../envs/video.yaml"
    script:
        "../workflow/scripts/composite_background.py"
