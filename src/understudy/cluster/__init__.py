"""Jobs of this working directory in SLURM's queue, and its processes on this machine."""
