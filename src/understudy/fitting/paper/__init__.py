"""The preset `paper`: ExAvatar's fit."""
