"""Back-ends of masks: Segment Anything."""
