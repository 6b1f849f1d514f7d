"""How much of a run is shown in its report."""

PEOPLE_SHOWN = 4  # re-enactments on the sheet of a reference
BACKGROUNDS_SHOWN = 2  # of each
ROOMS_SHOWN = 24  # backgrounds, each on a sheet of its own
PREVIEWS = 12  # references that get a looping preview; more if there are more actions
WORST_SHOWN = 12  # synthetic videos to look at first
