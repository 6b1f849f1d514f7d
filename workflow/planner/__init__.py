"""What the rules do to Snakemake itself; the library knows nothing of it."""
