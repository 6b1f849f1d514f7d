"""What a trained recogniser makes of the real videos it saw, and of all synthetic ones."""

from dataclasses import replace
from pathlib import Path

from job import job

with job(snakemake):
    from understudy.artifacts.flags import Flagged
    from understudy.recognition.embed import embed
    from understudy.recognition.embedding import save_embedding
    from understudy.recognition.lists import read_list, synthetic_clips
    from understudy.recognition.network import load_network

    files, told = snakemake.input, snakemake.params
    network = load_network(Path(files.network), told.device)
    network = replace(network, settings=replace(network.settings, **told.loading))
    clips = read_list(Path(files.train), network.labels)
    # All that passed: which of them a training leaves out is for its list to say.
    clips += synthetic_clips(Path(files.checked), Flagged({}, {}), told.references, seed=0)
    save_embedding(Path(snakemake.output[0]), embed(network, clips))
