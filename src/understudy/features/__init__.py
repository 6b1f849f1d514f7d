"""What is extracted from a video, one module per feature; back-ends are chosen by a word."""
