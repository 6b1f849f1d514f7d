"""Back-end for hands: Hand4Whole, which ExAvatar's fitting uses."""
