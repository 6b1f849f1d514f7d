"""Results to look at: contact sheets, previews, and one self-contained HTML page."""
