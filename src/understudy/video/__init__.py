"""Video files: what is in them, frames out of them, frames into them, and one normal form."""
