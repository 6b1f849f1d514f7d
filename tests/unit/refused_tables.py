"""Tables of ingredients that may not be released, each with what is to be told, by name."""

LICENCE = "CC BY-NC 4.0"  # of the dataset, where a table does not say another


# What a table says -> its columns, the dataset's licence, and what is told.
TABLES: dict[str, tuple[dict[str, str], str, str]] = {
    "unstated licence": (
        {"background_licence": "unstated"},
        LICENCE,
        "background hall: its licence is unstated",
    ),
    "no licence": ({"reference_licence": ""}, LICENCE, "reference kick: its licence is unstated"),
    "unknown licence": (
        {"identity_licence": "Unknown"},
        LICENCE,
        "identity anna: its licence is unstated",
    ),
    "a licence to be found": (
        {"background_licence": "TBD"},
        LICENCE,
        "background yard: its licence is unstated",
    ),
    "no derivatives": (
        {"background_licence": "CC BY-ND 4.0"},
        LICENCE,
        "background hall: its licence, CC BY-ND 4.0, allows no changed copies",
    ),
    "nd with nc": (
        {"background_licence": "CC-BY-NC-ND-4.0"},
        LICENCE,
        "background hall: its licence, CC-BY-NC-ND-4.0, allows no changed copies",
    ),
    "in words": (
        {"reference_licence": "Creative Commons Attribution-NoDerivatives"},
        LICENCE,
        "reference wave: its licence, .*, allows no changed copies",
    ),
    "all reserved": (
        {"reference_licence": "All rights reserved"},
        LICENCE,
        "reference kick: its licence, All rights reserved, allows no changed copies",
    ),
    "not to share": (
        {"reference_licence": "do not redistribute"},
        LICENCE,
        "reference kick: its licence, do not redistribute, allows no changed copies",
    ),
    "no redistribution": (
        {"background_licence": "academic use, no redistribution"},
        "academic use",
        "background hall: .* allows no changed copies",
    ),
    "private": (
        {"identity_licence": "private"},
        LICENCE,
        "identity anna: its licence, private, allows no changed copies",
    ),
    "confidential": (
        {"identity_licence": "Confidential"},
        LICENCE,
        "identity ben: its licence, Confidential, allows no changed copies",
    ),
    "share alike": (
        {"background_licence": "CC BY-SA 4.0"},
        LICENCE,
        "background hall: its licence, CC BY-SA 4.0, asks for the same one",
    ),
    "non-commercial in a free dataset": (
        {"identity_licence": "CC BY-NC 4.0"},
        "CC BY 4.0",
        "identity anna: its licence, CC BY-NC 4.0, is non-commercial, and the dataset's, CC BY",
    ),
    "research only in a free dataset": (
        {"reference_licence": "research use only"},
        "CC BY 4.0",
        "reference kick: its licence, research use only, is non-commercial",
    ),
    "consent unstated": (
        {"identity_consent": "unstated"},
        LICENCE,
        "identity anna: their consent is unstated",
    ),
    "consent refused": (
        {"identity_consent": "refused"},
        LICENCE,
        "identity anna: consent: refused",
    ),
    "consent withdrawn": (
        {"identity_consent": "withdrawn 2026"},
        LICENCE,
        "identity ben: consent: withdrawn 2026",
    ),
    "consent for less": (
        {"identity_consent": "not for publication"},
        LICENCE,
        "identity anna: consent: not for publication",
    ),
    "the dataset's own licence unstated": (
        {},
        "unstated",
        "the dataset: its licence is unstated: set dataset.licence",
    ),
}
