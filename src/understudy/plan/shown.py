"""How much of a run is shown in its report."""

PEOPLE_SHOWN = 4  # re-enactments on the sheet of a reference
BACKGROUNDS_SHOWN = 2  # of each
PREVIEWS = 12  # references that get a looping preview
