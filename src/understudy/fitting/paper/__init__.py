"""The preset `paper`: the fit of ExAvatar."""
