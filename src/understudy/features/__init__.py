"""What is read off a video, one module a feature; back-ends are chosen by a word."""
