"""What the workflow decides before any job runs: configuration, code versions, the fan-out."""
