"""A background photo as a room: its camera, its floor, where somebody can stand, its light."""
