"""Avatars that ExAvatar's own code trained, such as those released with RANDOM People."""
