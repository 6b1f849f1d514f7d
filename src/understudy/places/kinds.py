"""The kinds of scene, and what else people call them. Stdlib only: planning reads it."""

import re

KINDS = (
    *("kitchen", "dining_room", "living_room", "bedroom", "bathroom", "hallway", "study"),
    *("office", "meeting_room", "classroom", "waiting_room", "ward", "gym", "studio"),
    *("workshop", "shop", "cafe", "garden", "park", "street"),
)
_ALSO = {
    "kitchen": "kitchenette, galley, open_kitchen, tea_kitchen, pantry",
    "dining_room": "dining, dinette, dining_area, dining_hall",
    "living_room": "lounge, sitting_room, family_room, parlor, parlour, television_room, "
    "den, playroom, conservatory",
    "bedroom": "guest_room, hotel_room, dorm_room, dormitory, nursery, childs_room, kids_room, "
    "youth_hostel",
    "bathroom": "bath, restroom, washroom, toilet, wc, shower, shower_room",
    "hallway": "hall, corridor, entrance, entrance_hall, entryway, foyer, staircase, stairs, "
    "stairwell, landing, elevator, lift, mudroom",
    "study": "home_office, library, home_library, reading_room, archive",
    "office": "open_plan_office, office_cubicles, cubicle, workplace, laboratory, lab, "
    "computer_room, server_room",
    "meeting_room": "conference_room, conference_center, boardroom, seminar_room",
    "classroom": "lecture_room, lecture_hall, auditorium, school, kindergarten, art_school, "
    "training_room",
    "waiting_room": "lobby, reception, hotel_lobby, waiting_hall, airport_terminal, terminal",
    "ward": "hospital_room, hospital, clinic, care_home, nursing_home, patient_room, sickroom",
    "gym": "gymnasium, fitness_room, fitness_studio, sports_hall, dance_studio, dance_hall, "
    "ballroom, martial_arts_gym, weight_room, basketball_court_indoor",
    "studio": "photo_studio, film_studio, stage, empty_room, plain, blank, green_screen, "
    "art_studio, television_studio, white_room",
    "workshop": "garage, basement, cellar, shed, utility_room, laundry_room, laundry, "
    "storage_room, warehouse, factory, repair_shop, attic",
    "shop": "store, supermarket, grocery_store, mall, shopping_mall, market, boutique, bookstore, "
    "pharmacy, department_store, hairdresser, beauty_salon",
    "cafe": "restaurant, bar, pub, canteen, cafeteria, coffee_shop, diner, bistro, food_court, "
    "fastfood_restaurant, bakery",
    "garden": "yard, backyard, patio, terrace, balcony, porch, courtyard, veranda, roof_garden, "
    "lawn",
    "park": "playground, meadow, field, sports_field, football_field, soccer_field, beach, forest, "
    "lake, picnic_area, campsite, stadium, basketball_court, tennis_court",
    "street": "road, sidewalk, pavement, square, plaza, alley, parking_lot, car_park, driveway, "
    "bus_stop, station, train_station, platform, subway_station, crosswalk, downtown",
}
_OF = {kind: kind for kind in KINDS} | {
    name: kind for kind, names in _ALSO.items() for name in names.split(", ")
}


def plain(text: str) -> str:
    """A name as a word: "Living room" -> living_room, "Cook.Cut" -> cook_cut."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def kind_of(scene: str) -> str | None:
    """The kind that the column `scene` names, in any spelling; None for any other word."""
    word = plain(scene)
    return _OF.get(word) or _OF.get(re.sub(r"_?(\d+|indoor|outdoor|public)$", "", word))


def kind_in(name: str) -> str | None:
    """The kind that a file's or a folder's name speaks of, as "modern-kitchen_01" does; None if it
    speaks of none, or of several."""
    words = plain(name).split("_")
    runs = {
        "_".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    }
    named = [run for run in runs if run in _OF]
    # "living_room" in "living_room_2": a shorter run within a longer one says nothing of its own.
    longest = [run for run in named if not any(run != other and run in other for other in named)]
    kinds = {_OF[run] for run in longest}
    return kinds.pop() if len(kinds) == 1 else None
