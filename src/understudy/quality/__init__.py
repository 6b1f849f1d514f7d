"""How good a synthetic video is: how far its motion may be from its reference's, and its picture
from a film of that motion."""
