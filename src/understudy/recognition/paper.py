"""What the paper reports (table 1; sections 6.2 and 6.3 for figures 6 and 7), in per cent."""

# experiments.dataset -> what the paper calls it
DATASETS = {"toyota": "Toyota Smarthome", "ntu": "NTU RGB+D"}

# (dataset, model, with original, with synthetic videos) -> accuracy; n_real = n_background = 225
TABLE_ONE = {
    ("toyota", "resnet", True, False): 20.46,
    ("toyota", "resnet", True, True): 51.15,
    ("toyota", "slowfast", True, False): 38.35,
    ("toyota", "slowfast", True, True): 55.64,
    ("ntu", "resnet", True, False): 8.66,
    ("ntu", "resnet", True, True): 42.98,
    ("ntu", "slowfast", True, False): 26.75,
    ("ntu", "slowfast", True, True): 36.29,
}

# (dataset, n_real) -> {n_background: accuracy} of ResNet, where the text gives a number
FIGURES = {
    ("toyota", 1): {100: 16, 150: 11, 200: 21},
    ("toyota", 5): {0: 13, 200: 23},
    ("ntu", 1): {0: 7, 200: 14},
    ("ntu", 5): {0: 7, 200: 23},
}
