"""An avatar made of one person's video: trained, measured, looked at."""
