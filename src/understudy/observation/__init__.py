"""A clip's keypoints as all readers get them, with impossible ones taken out."""
