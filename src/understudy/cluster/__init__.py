"""What of this work folder a SLURM cluster still has in its queue, and what still runs here."""
