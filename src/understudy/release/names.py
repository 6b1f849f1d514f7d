"""Where files are in a release."""

A_FOLDER = 4000  # videos, each with its labels: Hugging Face takes fewer than 10,000 files
SPLIT = "train"  # synthetic videos are for training; a split's name in a file's name would set it
SUMS = "SHA256SUMS"
CERTIFICATE = "certificate.pem"


def stem_of(number: int) -> str:
    """ "000/000123": names are numbers, since loaders read splits and keys out of names."""
    return f"{number // A_FOLDER:03d}/{number:06d}"
