"""The avatar: Gaussians on a person's body surface, trained from one video and driven by poses."""
