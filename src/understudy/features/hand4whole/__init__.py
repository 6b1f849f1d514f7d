"""Back-end of hands: Hand4Whole, which ExAvatar's fitting uses."""
