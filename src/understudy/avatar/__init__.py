"""An avatar made from one person's video: trained, measured, looked at."""
