"""How a clip was filmed: whether the camera stood still, and cuts, fades, light and standstills."""
