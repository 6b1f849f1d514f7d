"""Back-ends for masks: Segment Anything."""
